"""Addresses without a language: `/` leads to the visitor's own (A3); robots, and people who report a fault."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request
from django.views.decorators.http import require_safe

from passerelle import brand
from passerelle.core import clock
from passerelle.web.access import open_page

# RFC 9116 asks for an end; a year at most. The file is made anew at each request, so it never lies in the past.
_GOOD_FOR = timedelta(days=180)


@open_page
def root(request: HttpRequest) -> HttpResponse:
    """The language remembered, else the browser's, else the first."""
    response = HttpResponseRedirect(f"/{get_language_from_request(request)}/")
    patch_vary_headers(response, ("Accept-Language", "Cookie"))
    return response


@open_page
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Public pages may be indexed, results and private pages not."""
    closed = ["/api/", "/demo/", "/cms/"]
    for code, _name in settings.LANGUAGES:
        closed += [f"/{code}/{path}" for path in ("get-an-access/?", "home/", "desk/", "help/contact/sent/")]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@open_page
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """/.well-known/security.txt (RFC 9116)."""
    expires = (clock.now() + _GOOD_FOR).strftime("%Y-%m-%dT00:00:00Z")
    lines = [
        f"Contact: mailto:{brand.current().contact.security_email}",
        f"Expires: {expires}",
        f"Preferred-Languages: {', '.join(code for code, _name in settings.LANGUAGES)}",
        f"Canonical: {settings.PASSERELLE_BASE_URL}/.well-known/security.txt",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
