"""The gate that every signed-in request passes: is this session still good, may this person still enter, and what
stands before the page asked for?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.dateparse import parse_datetime

from passerelle import brand
from passerelle.accounts.models import Person
from passerelle.accounts.rules.sessions import was_ended
from passerelle.core import clock
from passerelle.entry.enums import Gate
from passerelle.entry.queries.gates import gate_facts
from passerelle.entry.rules import GateFacts, doors, may_enter, next_gate
from passerelle.memberships.models import Membership
from passerelle.memberships.queries import of_person
from passerelle.web import drafts
from passerelle.web.access import lead_to

_WRITE_EVERY = timedelta(minutes=1)

# Where each gate is passed. The choice of a company stands on the private home.
PLACES: dict[Gate, str] = {
    Gate.SECOND_FACTOR: "factors:overview",
    Gate.PASSWORD: "password:change",
    Gate.TERMS: "terms:accept",
    Gate.COMPANY: "session:home",
}


class EntryGate:
    """Ends a session that is idle, too old, of an earlier credential epoch, or whose person may no longer enter; then
    leads to the first gate that is shut.

    Asked at every request of a session, so a suspended access or a closed company (H4) shuts its people out at once.
    A stale cookie only meets the sign-in page; it is never counted (decision 15).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        was_in = False
        if request.session.session_key and request.user.is_authenticated:
            now = clock.now()
            person = request.user
            assert isinstance(person, Person)
            memberships = [] if person.is_staff else of_person(person, now)
            if _is_over(request, person, now) or not may_enter(person, memberships):
                # What was typed is kept for this person, see web/drafts.py.
                request.ended_person_key = person.key  # type: ignore[attr-defined]
                logout(request)
            else:
                request.doors = doors(memberships)  # type: ignore[attr-defined]
                _seen(request, now)
                was_in = True
        response = self.get_response(request)
        if was_in or not request.session.is_empty():  # nobody else can have signed in or out
            drafts.remember_person(request, response, was_in=was_in)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """A closed page opens when no gate is shut, or when it belongs to the one that is."""
        if getattr(view, "open_page", False) or not hasattr(request, "doors"):
            return None
        gate = shut_gate(request)
        if gate is None or gate in getattr(view, "gates", ()):
            return None
        request.closed_page = True  # type: ignore[attr-defined]
        return lead_to(request, reverse(PLACES[gate]))


def shut_gate(request: HttpRequest) -> Gate | None:
    """The gate that stands before this session now."""
    person = request.user
    assert isinstance(person, Person)
    return next_gate(person, facts_of(request), now=clock.now())


def facts_of(request: HttpRequest) -> GateFacts:
    """What the gates of this session are judged by. Asked once a request."""
    known: GateFacts | None = getattr(request, "gate_facts", None)
    if known is None:
        person, membership = request.user, acting(request)
        assert isinstance(person, Person)
        factor = str(request.session.get("factor") or "")
        company = membership.company if membership else None
        known = gate_facts(person, open_doors(request), company, factor=factor, now=clock.now())
        request.gate_facts = known  # type: ignore[attr-defined]
    return known


def open_doors(request: HttpRequest) -> Sequence[Membership]:
    """The memberships through which this session may enter, each with its company and `is_plsa`."""
    return getattr(request, "doors", ())


def acting(request: HttpRequest) -> Membership | None:
    """The membership this session acts for: the one chosen, or the only one (E6). None before the choice."""
    memberships = open_doors(request)
    chosen = request.session.get("company_key", "")
    for membership in memberships:
        if membership.company.key == chosen:
            return membership
    return memberships[0] if len(memberships) == 1 else None


def _instant(value: object) -> datetime | None:
    return parse_datetime(value) if isinstance(value, str) else None


def _is_over(request: HttpRequest, person: Person, now: datetime) -> bool:
    policies = brand.current().policies
    session = request.session
    created, seen = _instant(session.get("created_at")), _instant(session.get("last_seen_at"))
    if created is None or seen is None or session.get("epoch") != person.credential_epoch:
        return True
    if was_ended(person, since=created, spared_at=_instant(session.get("spared_at"))):
        return True
    # A minute more than the policy: the instant last seen is written once a minute.
    idle = timedelta(minutes=policies.session_idle_minutes) + _WRITE_EVERY
    return now - seen > idle or now - created > timedelta(hours=policies.session_max_hours)


def _seen(request: HttpRequest, now: datetime) -> None:
    seen = _instant(request.session.get("last_seen_at"))
    if seen is None or now - seen >= _WRITE_EVERY:
        request.session["last_seen_at"] = now.isoformat()
