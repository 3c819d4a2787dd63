"""Staff sign in, or prove once more who they are, through the group's own OpenID provider (decision 3)."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import urlencode

import structlog
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_GET, require_http_methods

from passerelle import provider
from passerelle.accounts.models import Person
from passerelle.core import clock
from passerelle.entry import actions as entry
from passerelle.entry.enums import BY_PROVIDER, Gate
from passerelle.limits.check import hit
from passerelle.portal.provider import errand
from passerelle.portal.provider.errand import Errand
from passerelle.portal.session import enter
from passerelle.portal.session.words import next_minute
from passerelle.web.access import at_gate, never_stored, open_page, safe_next
from passerelle.web.credentials import read_aloud
from passerelle.web.dates import hour
from passerelle.web.proof import note_proof
from passerelle.web.requests import actor, client_network

log = structlog.get_logger(__name__)

LIMIT = "provider_address"


def _registered() -> provider.Registration:
    """How the portal is registered; no page of these exists where it is not."""
    found = provider.registration()
    if found is None:
        raise Http404
    return found


def _redirect_uri() -> str:
    return f"{settings.PASSERELLE_BASE_URL}{reverse('provider_callback')}"


# ---------------------------------------------------------------- going there


@open_page
@never_stored
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Send the browser to the provider. Only a form that was sent does, so that no link can."""
    registered = _registered()
    if request.method != "POST" or request.user.is_authenticated:
        wanted = safe_next(request, "")
        return redirect(f"{reverse('session:sign_in')}?{urlencode({'next': wanted})}" if wanted else "session:sign_in")
    return _leave(request, registered, person_key="")


@at_gate(*Gate)
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Send the browser to the provider, which is to ask who is there once more."""
    registered, person = _registered(), request.user
    assert isinstance(person, Person)
    if request.method != "POST" or request.session.get("factor") != BY_PROVIDER:
        wanted = safe_next(request, "")
        return redirect(f"{reverse('factors:confirm')}?{urlencode({'next': wanted})}" if wanted else "factors:confirm")
    return _leave(request, registered, person_key=person.key)


def _leave(request: HttpRequest, registered: provider.Registration, *, person_key: str) -> HttpResponse:
    """A page that leads on by itself: the policy of our pages lets no form, and no redirect after one, leave the
    portal."""
    now, language = clock.now(), translation.get_language() or "en"
    allowance = hit(LIMIT, client_network(request), now=now)
    if not allowance:
        return _stopped(request, "often", now, code=429, until=allowance.again_at, again=person_key)
    try:
        endpoints = provider.endpoints_of(registered)
    except provider.Away as away:
        log.warning("provider_away", why=str(away))
        return _stopped(request, "away", now, again=person_key)
    asked = provider.new_question()
    errand.keep(request, Errand(asked, now, language, safe_next(request, ""), person_key))
    address = provider.address_to_ask(
        registered, endpoints, asked, redirect_uri=_redirect_uri(), language=language, again=bool(person_key)
    )
    return render(request, "provider/onward.html", {"address": address})


# ---------------------------------------------------------------- coming back


@open_page
@never_stored
@require_GET
def callback(request: HttpRequest) -> HttpResponse:
    """Take what the provider answers through the browser, and let in whom it means, if that is a member of staff."""
    registered, now = _registered(), clock.now()
    mine = errand.take(request, request.GET.get("state", ""), now)
    if mine is None:
        return _stopped(request, "ended", now)
    translation.activate(mine.language)
    request.LANGUAGE_CODE = mine.language
    try:
        identity = _identity(request, registered, mine, now)
    except provider.Away as away:
        log.warning("provider_away", why=str(away))
        return _stopped(request, "away", now, again=mine.person_key, wanted=mine.next)
    except provider.Untrusted as untrusted:
        log.warning("provider_untrusted", why=str(untrusted))
        reason = "provider_refused" if "error" in request.GET else "provider_token"
        return _refused(request, mine, None, reason, now)
    found = entry.recognise(
        issuer=identity.issuer, subject=identity.subject, email=identity.email,
        email_verified=identity.email_verified, actor=actor(request), now=now,
    )  # fmt: skip
    if mine.person_key:
        return _proved(request, mine, identity, found, now)
    if found.person is None or found.reason:
        return _refused(request, mine, found.person, found.reason, now)
    return enter.by_provider(request, found.person, mine.next)


def _identity(
    request: HttpRequest, registered: provider.Registration, mine: Errand, now: datetime
) -> provider.Identity:
    """Whom the provider means by its answer. An answer that names another issuer was mixed up (RFC 9207)."""
    endpoints = provider.endpoints_of(registered)
    code, issuer = request.GET.get("code", ""), request.GET.get("iss")
    if "error" in request.GET or not code:
        raise provider.Untrusted("the provider sent no code")
    if (issuer is not None or endpoints.names_itself) and issuer != registered.issuer:
        raise provider.Untrusted("the answer names another issuer")
    return provider.identify(registered, endpoints, mine.asked, code=code, redirect_uri=_redirect_uri(), now=now)


def _proved(
    request: HttpRequest, mine: Errand, identity: provider.Identity, found: entry.Recognised, now: datetime
) -> HttpResponse:
    """The proof counts for the person who asked for it, and only if the provider has asked since."""
    person = request.user
    if not isinstance(person, Person) or person.key != mine.person_key:
        return _stopped(request, "ended", now)
    if found.person is None or found.person.pk != person.pk or found.reason:
        return _refused(request, mine, person, "provider_other", now)
    if identity.proved_at is None or identity.proved_at < mine.at - timedelta(seconds=provider.LEEWAY):
        return _refused(request, mine, person, "provider_stale", now)
    note_proof(request, by_password=False)
    return redirect(mine.next or reverse("factors:overview"))


# ---------------------------------------------------------------- pages of what came of it


def _refused(request: HttpRequest, mine: Errand, person: Person | None, reason: str, now: datetime) -> HttpResponse:
    """One page for everybody who is not let in; the number tells the Assistance why."""
    noted = entry.note_failure(
        door="provider", typed=person.login if person else "", person=person, reason=reason, actor=actor(request),
        now=now,
    )  # fmt: skip
    again = {"again": _again(mine.person_key, mine.next)}
    return render(request, "provider/refused.html", {"number": read_aloud(noted.number), **again}, status=422)


def _stopped(
    request: HttpRequest, status: str, now: datetime, *, code: int = 422, until: datetime | None = None,
    again: str = "", wanted: str = "",
) -> HttpResponse:  # fmt: skip
    """The page of a sign-in that was not tried: the provider is away, it took too long, or there were too many.

    Nobody is known to have tried; whoever calls this page again and again from one network keeps one number an hour.
    """
    noted = entry.note_failure(
        door="provider", typed="", person=None, reason=f"provider_{status}", paused_until=until, actor=actor(request),
        now=now, once=None if until else timedelta(hours=1),
    )  # fmt: skip
    context = {
        "status": status,
        "until": hour(next_minute(until)) if until else "",
        "number": read_aloud(noted.number),
        "again": _again(again, wanted or safe_next(request, "")),
    }
    return render(request, "provider/stopped.html", context, status=code)


def _again(person_key: str, wanted: str) -> str:
    """The page to begin again from: the sign-in, or the confirmation of who is signed in."""
    address = reverse("factors:confirm" if person_key else "session:sign_in")
    return f"{address}?{urlencode({'next': wanted})}" if wanted else address
