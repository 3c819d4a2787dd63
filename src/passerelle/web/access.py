"""Who may open a page. Every page is closed unless its view carries a mark; the list of open ones is a test's."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.cache import add_never_cache_headers, patch_cache_control
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from passerelle.core.actor import ActorKind
from passerelle.core.powers import Verb, may
from passerelle.entry.enums import Gate
from passerelle.web import drafts, navigation
from passerelle.web.requests import actor, page_before

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def open_page(view: View) -> View:
    """Mark a view that strangers may open."""
    view.open_page = True  # type: ignore[attr-defined]
    return view


def open_urls(patterns: Iterable[Any]) -> Iterable[Any]:
    """Mark every view of a list of URL patterns that were made by a library, and give the list back."""
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            open_urls(pattern.url_patterns)
        else:
            pattern.callback.open_page = True
    return patterns


def at_gate(*gates: Gate) -> Callable[[View], View]:
    """Mark a closed page that opens while one of these gates is shut: where it is passed, or what people need there."""

    def mark(view: View) -> View:
        view.gates = frozenset(gates)  # type: ignore[attr-defined]
        return view

    return mark


def staff_page(verb: Verb | str) -> Callable[[View], View]:
    """Mark a page of the desk: staff who hold the power open it, other staff get 403, everybody else a plain 404."""
    power = Verb(verb)

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            who = actor(request)
            if who.kind is not ActorKind.STAFF:
                raise Http404
            if not may(who, power):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.verb = power  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return decorate


def never_stored(view: View) -> View:
    """Keep the answer out of every cache: results and anything personal."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        keep_out_of_caches(response)
        return response

    return wrapped  # type: ignore[return-value]


def keep_out_of_caches(response: HttpResponseBase) -> None:
    add_never_cache_headers(response)
    patch_cache_control(response, private=True, no_store=True)


class LoginRequired:
    """Sends a stranger who asks for a closed page to the sign-in page, and back afterwards.

    The answer of a closed page never stays in a cache, so that Back after signing out shows nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if getattr(request, "closed_page", False):
            keep_out_of_caches(response)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if getattr(view, "open_page", False):
            return None
        request.closed_page = True  # type: ignore[attr-defined]
        if request.user.is_authenticated:
            return None
        answer = lead_to(request, f"/{get_language()}/sign-in/")
        if _had_session(request) and drafts.COOKIE not in answer.cookies:  # a kept form has words of its own
            said = _("Your session has ended. Sign in again; the page you asked for opens then.")
            messages.info(request, said, fail_silently=True)
        return answer


def _had_session(request: HttpRequest) -> bool:
    """Whether this browser came with a session that ended with this request, or is gone already. One that lives and in
    which nobody signed in is another matter."""
    if hasattr(request, "ended_person_key"):
        return True
    session = getattr(request, "session", None)
    came = bool(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    return came and session is not None and not session.session_key


def lead_to(request: HttpRequest, address: str) -> HttpResponse:
    """Lead the window to another page first, and back to this one afterwards. A form is come back to, not re-sent."""
    target = f"{address}?{urlencode({'next': page_asked(request)})}"
    answer: HttpResponse = HttpResponseRedirect(target)
    if request.headers.get("HX-Request") == "true":
        answer = HttpResponse(status=204, headers={"HX-Redirect": target})
    drafts.keep(request, answer)
    return answer


def page_asked(request: HttpRequest) -> str:
    """The page to come back to: the one asked for, or the one a form was sent from, as far as the browser tells, for
    the address it was sent to may answer POST only."""
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    page = page_before(request)
    if page is not None and navigation.answers(page.path):
        return f"{page.path}?{page.query}" if page.query else page.path
    return request.path


def safe_next(request: HttpRequest, fallback: str) -> str:
    """The page to go on to after signing in: only an address of ours, else the fallback."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    inside = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if inside and wanted.startswith("/") else fallback
