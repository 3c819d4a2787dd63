"""A message to the PLSAs of a company by somebody who cannot sign in; their addresses are never shown (D8, D9)."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from passerelle.core import clock
from passerelle.core.errors import Refused
from passerelle.limits.check import hit
from passerelle.portal.access.words import refusal_words
from passerelle.portal.help.contact import known_of
from passerelle.portal.recovery.forms import PlsaMessageForm
from passerelle.suppliers.models import Company
from passerelle.suppliers.queries import find_by_cofor
from passerelle.support import actions, queries
from passerelle.support.enums import TicketKind
from passerelle.support.models import Ticket
from passerelle.web.access import never_stored, open_page
from passerelle.web.forms import bind, was_switched
from passerelle.web.requests import actor


@open_page
@never_stored
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """The form and, when it is sent, the relay. Whether a company is known is what the analysis tells everybody."""
    form = bind(request, PlsaMessageForm, signed_in=request.user.is_authenticated, initial=known_of(request))
    status = 200
    if form.is_bound and not was_switched(request):
        status = 422
        if form.is_valid():
            answer = _pass_on(request, form)
            if isinstance(answer, Ticket):
                return redirect("recovery:written", key=answer.key)
            status = answer
    return render(request, "recovery/write.html", {"form": form}, status=status)


def _pass_on(request: HttpRequest, form: PlsaMessageForm) -> Ticket | int:
    who, now = actor(request), clock.now()
    company = find_by_cofor(form.cleaned_data["cofor"])
    subject = company.key if company else form.cleaned_data["cofor"]
    if not (hit("relay", who.network, now=now) and hit("relay_company", subject, now=now)):
        form.add_error(None, _("Several messages were sent to this company already. Try again tomorrow."))
        return 429
    try:
        return _relay(form, company, request)
    except Refused as refusal:
        field = refusal.field if refusal.field in form.fields else None
        form.add_error(field or "cofor", refusal_words(refusal))
        return 422


def _relay(form: PlsaMessageForm, company: Company | None, request: HttpRequest) -> Ticket:
    return actions.relay(
        company_key=company.key if company else "", language=get_language() or "en", actor=actor(request),
        now=clock.now(), **form.message(),
    )  # fmt: skip


@open_page
@never_stored
@require_safe
def written(request: HttpRequest, key: str) -> HttpResponse:
    """The confirmation: the reference and what happens next. Nothing typed is on it, nor who was written to."""
    ticket = queries.by_key(key)
    if ticket is None or ticket.kind != TicketKind.RELAY:
        raise Http404
    return render(request, "recovery/written.html", {"ticket": ticket})
