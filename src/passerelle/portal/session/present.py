"""The present password asked for again inside a session: limited, compared, and kept in the trail when it is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

from passerelle.accounts.backend import is_right
from passerelle.accounts.hashers import Busy, turn_at_a_door
from passerelle.accounts.models import Person
from passerelle.core import clock
from passerelle.entry import actions as entry
from passerelle.limits.check import forget, give_back, hit
from passerelle.web.requests import actor

LIMIT = "fresh_proof"


@dataclass(frozen=True, slots=True)
class Compared:
    """Whether it was the present password. If not: no turn was free (nothing is counted then), or tries are paused
    until `again_at` (then it was not looked at), or it was wrong. `number` is that of the refusal."""

    right: bool = False
    busy: bool = False
    again_at: datetime | None = None
    number: str = ""

    def __bool__(self) -> bool:
        return self.right


def compare(request: HttpRequest, person: Person, password: str) -> Compared:
    """Charge a try, then compare; a right one forgets the wrong ones before it, so that only these are counted."""
    now = clock.now()
    allowance = hit(LIMIT, person.key, now=now)
    if not allowance:
        return Compared(again_at=allowance.again_at, number=note_paused(request, person, allowance.again_at, now))
    try:
        with turn_at_a_door():
            right = is_right(person, password)
    except Busy:
        give_back(LIMIT, person.key, now=now)
        return Compared(busy=True, number=entry.note_busy(door="confirm", now=now))
    if right:
        forget(LIMIT, person.key, now=now)
        return Compared(right=True)
    noted = entry.note_failure(
        door="confirm", typed=person.login, person=person, reason="wrong_password", actor=actor(request), now=now
    )
    return Compared(number=noted.number)


def note_paused(request: HttpRequest, person: Person, again_at: datetime, now: datetime) -> str:
    """The number of a try that was not looked at, after too many wrong ones: one until the pause ends."""
    noted = entry.note_failure(
        door="confirm", typed=person.login, person=person, reason="proof_paused", paused_until=again_at,
        actor=actor(request), now=now,
    )  # fmt: skip
    return noted.number
