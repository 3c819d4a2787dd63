"""The gate that every signed-in request passes: is this session still good, may this person still enter?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils.dateparse import parse_datetime

from passerelle import brand
from passerelle.accounts.models import Person
from passerelle.core import clock
from passerelle.entry.rules import may_enter
from passerelle.memberships.queries import of_person

_WRITE_EVERY = timedelta(minutes=1)


class EntryGate:
    """Ends a session that is idle, too old, of an earlier credential epoch, or whose person may no longer enter.

    Asked at every request of a session, so a suspended access or a closed company (H4) shuts its people out at once.
    A stale cookie only meets the sign-in page; it is never counted (decision 15).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.session.session_key and request.user.is_authenticated:
            now = clock.now()
            person = request.user
            assert isinstance(person, Person)
            if _is_over(request, person, now) or not may_enter(person, list(of_person(person, now))):
                logout(request)
            else:
                _seen(request, now)
        return self.get_response(request)


def _instant(value: object) -> datetime | None:
    return parse_datetime(value) if isinstance(value, str) else None


def _is_over(request: HttpRequest, person: Person, now: datetime) -> bool:
    policies = brand.current().policies
    session = request.session
    created, seen = _instant(session.get("created_at")), _instant(session.get("last_seen_at"))
    if created is None or seen is None or session.get("epoch") != person.credential_epoch:
        return True
    # A minute more than the policy: the instant last seen is written once a minute.
    idle = timedelta(minutes=policies.session_idle_minutes) + _WRITE_EVERY
    return now - seen > idle or now - created > timedelta(hours=policies.session_max_hours)


def _seen(request: HttpRequest, now: datetime) -> None:
    seen = _instant(request.session.get("last_seen_at"))
    if seen is None or now - seen >= _WRITE_EVERY:
        request.session["last_seen_at"] = now.isoformat()
