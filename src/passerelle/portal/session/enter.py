"""From a right password to a session: the second factor first, if the person has one (decision 18)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy

from passerelle.accounts.models import Person
from passerelle.accounts.rules.sessions import was_ended
from passerelle.core import clock
from passerelle.core.actor import Actor, ActorKind
from passerelle.core.errors import Refused
from passerelle.entry import actions as entry
from passerelle.entry.enums import BY_PROVIDER
from passerelle.entry.rules import may_enter
from passerelle.limits import pauses
from passerelle.memberships.queries import of_person
from passerelle.portal.session import devices
from passerelle.web.access import safe_next
from passerelle.web.requests import client_address

STRANGERS, DEVICES = "sign_in", "sign_in_device"  # the lanes of tries, see limits.pauses
PENDING = "pending"
WAIT = timedelta(minutes=10)
# The one answer of the door, whatever the cause is (decision 14).
NOT_RECOGNISED = gettext_lazy("B2B login or password not recognised. Check both, or see what to do below.")
OVERTAKEN = gettext_lazy("Your access changed while you signed in. Begin again.")
_BACKEND = "passerelle.accounts.backend.LoginBackend"


@dataclass(frozen=True, slots=True)
class Lane:
    """The lane a try was charged to, and whether it is one of a browser that the login knows."""

    name: str
    value: str

    @property
    def known_device(self) -> bool:
        return self.name == DEVICES


@dataclass(frozen=True, slots=True)
class Pending:
    """Somebody whose password was right and whose second factor is asked for."""

    person: Person
    next: str
    lane: Lane
    password_at: datetime


def home_address(person: object) -> str:
    return reverse("desk:overview") if getattr(person, "is_staff", False) else reverse("session:home")


def begin(request: HttpRequest, person: Person, lane: Lane) -> HttpResponse:
    """Go on after a right password: to the second factor, or straight in when the person has none."""
    wanted = safe_next(request, home_address(person))
    if not _has_factor(person):
        return _enter(request, person, wanted, factor="", lane=lane, password_at=clock.now())
    request.session.cycle_key()
    request.session[PENDING] = {
        "person": person.key,
        "epoch": person.credential_epoch,
        "at": clock.now().isoformat(),
        "next": wanted,
        "lane": [lane.name, lane.value],
    }
    return redirect("factors:challenge")


def pending(request: HttpRequest) -> Pending | None:
    """Who waits before the second factor in this browser; None when nobody does, or no longer may.

    It ends after ten minutes, with the credential epoch, with all sessions of the person, and when the person may not
    enter any more.
    """
    kept = request.session.get(PENDING)
    at = _instant(kept.get("at")) if isinstance(kept, dict) else None
    now = clock.now()
    if not isinstance(kept, dict) or at is None or not timedelta() <= now - at <= WAIT:
        return None
    person = Person.objects.filter(key=kept["person"], credential_epoch=kept["epoch"]).first()
    if person is None or was_ended(person, since=at) or not may_enter(person, of_person(person, now)):
        return None
    return Pending(person, str(kept["next"]), Lane(*kept["lane"]), at)


def complete(request: HttpRequest, person: Person, *, factor: str = "") -> HttpResponse:
    """Let in somebody who waited before the second factor: `factor` is passkey, authenticator or recovery_code."""
    waiting = pending(request)
    if waiting is None or waiting.person.pk != person.pk:
        return redirect("session:sign_in")
    return _enter(
        request, waiting.person, waiting.next, factor=factor, lane=waiting.lane, password_at=waiting.password_at
    )


def by_provider(request: HttpRequest, person: Person, wanted: str) -> HttpResponse:
    """Let in a member of staff whom the group's own provider signed in, which stands for the second factor too."""
    return _enter(request, person, wanted or home_address(person), factor=BY_PROVIDER)


def _enter(
    request: HttpRequest,
    person: Person,
    wanted: str,
    *,
    factor: str,
    lane: Lane | None = None,
    password_at: datetime | None = None,
) -> HttpResponse:
    """Open the session. Only now the whole sign-in is right: its lane is cleared, and the browser becomes known. There
    is neither a lane nor the instant of a password where none was typed."""
    now, address = clock.now(), client_address(request)
    kind = ActorKind.STAFF if person.is_staff else ActorKind.PERSON
    who = Actor(kind, key=person.key, name=person.get_full_name(), address=address)
    known = lane is not None and lane.known_device
    try:
        person = entry.note_sign_in(
            person=person, epoch=person.credential_epoch, since=password_at, factor=factor, known_device=known,
            actor=who, now=now,
        )  # fmt: skip
    except Refused:  # overtaken by what changed meanwhile, or another browser was quicker with a temporary password
        request.session.pop(PENDING, None)
        messages.error(request, OVERTAKEN if lane is None else NOT_RECOGNISED)
        return redirect(f"{reverse('session:sign_in')}?{urlencode({'next': wanted})}")
    if lane is not None:
        pauses.clear(lane.name, lane.value)
    login(request, person, backend=_BACKEND)
    session = request.session
    session.pop(PENDING, None)
    session["epoch"] = person.credential_epoch
    session["device"] = request.headers.get("User-Agent", "")[:200]
    session["address"] = address
    session["created_at"] = session["last_seen_at"] = session["proved_at"] = now.isoformat()
    session["password_proved_at"] = password_at.isoformat() if password_at is not None else ""
    session["factor"] = factor
    response = redirect(wanted)
    devices.remember(request, response, person)
    return response


def _has_factor(person: Person) -> bool:
    known = getattr(person, "has_factor", None)
    return bool(person.second_factors.exists() if known is None else known)


def _instant(value: object) -> datetime | None:
    return parse_datetime(value) if isinstance(value, str) else None
