"""The mailbox of the demonstration: what would have left, read from the outbox. Exists in demo and debug only."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.template import TemplateDoesNotExist
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from passerelle.mail.ledger import sent
from passerelle.mail.models import Message
from passerelle.mail.render import Rendered
from passerelle.mail.render import render as render_mail
from passerelle.web.access import never_stored, open_page

MOST = 200
FRAME_POLICY = {
    "default-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "script-src": ["'none'"],
    "form-action": ["'none'"],
    "frame-ancestors": ["'self'"],
}
log = structlog.get_logger(__name__)


def demonstration_only(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.PASSERELLE_MAILBOX:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def _shown(message: Message) -> dict[str, Any]:
    """What the contract promises of a mail, and its key for the pages."""
    try:
        rendered = render_mail(message)
    except (TemplateDoesNotExist, LookupError):  # a mail of an older version, whose template has gone
        log.warning("mail of the mailbox cannot be shown", kind=message.kind)
        rendered = Rendered(message.kind, "", "")
    return {
        "key": message.key,
        "to": message.to_address,
        "subject": rendered.subject,
        "text": rendered.text,
        "html": rendered.html,
        "sent_at": message.sent_at,
    }


def _mails(request: HttpRequest) -> list[dict[str, Any]]:
    return [_shown(message) for message in sent(to=request.GET.get("to", ""), most=MOST)]


@open_page
@demonstration_only
@never_stored
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    context = {"mails": _mails(request), "address": request.GET.get("to", "")}
    return render(request, "operations/mailbox.html", context)


@open_page
@demonstration_only
@never_stored
@require_safe
def mailbox_json(request: HttpRequest) -> HttpResponse:
    names = ("to", "subject", "text", "html", "sent_at")
    return JsonResponse([{name: mail[name] for name in names} for mail in _mails(request)], safe=False)


@open_page
@demonstration_only
@never_stored
@require_safe
def mail(request: HttpRequest, key: str) -> HttpResponse:
    message = get_object_or_404(Message, key=key, sent_at__isnull=False)
    return render(request, "operations/mailbox_message.html", {"mail": _shown(message)})


@open_page
@demonstration_only
@never_stored
@require_safe
@xframe_options_sameorigin
def mail_html(request: HttpRequest, key: str) -> HttpResponse:
    """The HTML part alone, for the frame of the page above. A mail styles its elements itself, so styles are let in."""
    message = get_object_or_404(Message, key=key, sent_at__isnull=False)
    response = HttpResponse(_shown(message)["html"])
    response._csp_replace = FRAME_POLICY  # type: ignore[attr-defined]
    return response
