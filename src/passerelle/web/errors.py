"""The pages that say something went wrong: no codes, no blame, what to do now, and what became of what was typed.

They need neither the database nor a working brand, so they hold when those are down. `config.urls` names them as
handler400, handler403, handler404 and handler500; settings name `form_expired` as the CSRF failure view.
"""

from __future__ import annotations

import logging
import sys
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.sessions.exceptions import SessionInterrupted
from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import escape
from django.utils.translation import gettext as _

from passerelle.accounts.hashers import Busy
from passerelle.web.access import keep_out_of_caches, open_page, page_asked
from passerelle.web.context import bare_shell
from passerelle.web.requests import host_of, page_before
from passerelle.web.typed import typed

log = logging.getLogger(__name__)

KEPT_CHARACTERS = 200_000


@open_page
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A request that cannot be read; or one whose session was ended meanwhile: what it asked for is done, but its
    session cannot be kept. The page it came for says that the session has ended, if it is a closed one."""
    if isinstance(exception, SessionInterrupted):
        target = page_asked(request)
        if request.headers.get("HX-Request") == "true":
            return HttpResponse(status=204, headers={"HX-Redirect": target})
        return HttpResponseRedirect(target)
    return _page(request, "errors/400.html", 400)


@open_page
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, "errors/403.html", 403)


@open_page
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, "errors/404.html", 404)


@open_page
def server_error(request: HttpRequest) -> HttpResponse:
    """A fault of ours. When the database does not answer, or all turns to hash a password are taken, the page says
    that the portal is paused."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError | Busy):
        return unavailable(request)
    return _page(request, "errors/500.html", 500, number=getattr(request, "number", ""))


@open_page
def unavailable(request: HttpRequest, until: datetime | None = None) -> HttpResponse:
    """The portal cannot work now; `until` is when it will, if that is known."""
    response = _page(request, "errors/503.html", 503, until=until)
    response["Retry-After"] = "30"
    return response


@open_page
def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form came without a fresh token: its page was open for too long, or cookies were cleared meanwhile.

    What was typed is shown and kept in a form that one button sends again, with a fresh token. Passwords, codes and
    files are left out, and the page says so. A form that came from another site is not offered again: the button
    would do what the token is there to prevent.
    """
    if not _came_from_us(request):
        return expired_page(request, [], from_elsewhere=True)
    try:
        fields, left_out = typed(request, KEPT_CHARACTERS)
        had_files = bool(request.FILES)
    except (SuspiciousOperation, OSError, ValueError):
        return expired_page(request, [])
    return expired_page(request, fields, left_out=left_out, had_files=had_files)


def expired_page(
    request: HttpRequest,
    fields: list[tuple[str, str]],
    *,
    left_out: bool = False,
    had_files: bool = False,
    from_elsewhere: bool = False,
) -> HttpResponse:
    """The page of an expired form, with what was typed in `fields`."""
    return _page(
        request,
        "errors/form-expired.html",
        403,
        fields=fields,
        shown=[value for name, value in fields if value.strip() and not name.startswith("_")],
        left_out=left_out,
        had_files=had_files,
        token="" if from_elsewhere else get_token(request),
        action=request.get_full_path(),
        from_elsewhere=from_elsewhere,
    )


def _came_from_us(request: HttpRequest) -> bool:
    """Whether the browser says that a page of ours sent the form. Browsers that say nothing are not believed."""
    origin = request.headers.get("Origin", "")
    if origin and origin != "null":
        return host_of(origin) == request.get_host()
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    return page_before(request) is not None


def language_of(request: HttpRequest) -> str:
    """The language of the address, else the visitor's: asked anew, as the fault may lie before the middleware."""
    known = [code for code, _name in settings.LANGUAGES]
    head = request.path_info.lstrip("/").partition("/")[0]
    if head in known:
        return head
    try:
        return translation.get_language_from_request(request)
    except Exception:  # a header so broken that it cannot be read
        return settings.LANGUAGE_CODE


def _page(request: HttpRequest, template: str, status: int, **context: Any) -> HttpResponse:
    with translation.override(language_of(request)):
        try:
            html: str = render_to_string(template, {**bare_shell(request), **context})
        except Exception:
            log.exception("An error page could not be rendered")
            html = _last_resort()
    response = HttpResponse(html, status=status)
    keep_out_of_caches(response)
    return response


def _last_resort() -> str:
    """A page that needs nothing at all, for when templates themselves are broken."""
    title = escape(_("There is a problem with the portal"))
    text = escape(_("The page cannot be shown now. Try again in a few minutes."))
    language = escape(translation.get_language() or "en")
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>'
        f"</head><body><main><h1>{title}</h1><p>{text}</p></main></body></html>"
    )


__all__ = [
    "bad_request",
    "forbidden",
    "form_expired",
    "not_found",
    "server_error",
    "unavailable",
]
