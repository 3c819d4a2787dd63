"""The ledger of e-mails: what left, when, and what became of its link (I7, B10)."""

from __future__ import annotations

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from passerelle.backoffice.found import company_key, person_key, subject_key
from passerelle.backoffice.mails.forms import MailsForm
from passerelle.backoffice.mails.lines import line
from passerelle.core.powers import Verb
from passerelle.mail import ledger
from passerelle.mail.models import Message
from passerelle.mail.render import preview
from passerelle.web.access import staff_page
from passerelle.web.pagination import keyset


@staff_page(Verb.SEE_MAILS)
@require_safe
def mails(request: HttpRequest) -> HttpResponse:
    """Every e-mail, newest first, filtered by its state and by what it is about."""
    form = MailsForm(request.GET)
    form.is_valid()
    text, state = form.cleaned_data.get("q", ""), form.cleaned_data.get("state", "")
    rows = Message.objects.select_related("link").filter(_about(text))
    if state:
        rows = rows.filter(state=state)
    page = keyset(request, rows, order=("-queued_at", "-pk"))
    lines = [line(ledger.Line(message, ledger.standing(message))) for message in page]
    context = {"form": form, "page": page, "mails": lines, "filtered": bool(text or state), "unfiltered": request.path}
    return render(request, "backoffice/mails/list.html", context)


def _about(text: str) -> Q:
    if not text:
        return Q()
    if "@" in text:
        return ledger.sent_to(text)
    for field, key in (
        ("subject_key", subject_key(text)),
        ("company_key", company_key(text)),
        ("person_key", person_key(text)),
    ):
        if key:
            return Q(**{field: key})
    return Q(pk__in=[])


@staff_page(Verb.SEE_MAILS)
@require_safe
def mail(request: HttpRequest, key: str) -> HttpResponse:
    """One e-mail: to whom, how far it came, its text with the link left out; nothing of a sensitive one."""
    message = Message.objects.select_related("link").filter(key=key).first()
    if message is None:
        raise Http404
    context = {
        "message": message,
        "line": line(ledger.Line(message, ledger.standing(message))),
        "rendered": preview(message),
    }
    return render(request, "backoffice/mails/mail.html", context)
