"""What a refusal leaves behind: a line of the trail, and the number that a caller reads out (I5)."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from passerelle.accounts.models import Person
from passerelle.accounts.rules import fold_login, well_formed_login
from passerelle.audit.record import record
from passerelle.audit.tags import Tag
from passerelle.core.actor import Actor, visitor
from passerelle.entry.models import Diagnosis

KEPT = timedelta(hours=24)
MINUTE = timedelta(minutes=1)
_busy: dict[str, tuple[datetime, str]] = {}  # the newest number of each door, with its minute


@transaction.atomic
def note_failure(
    *,
    door: str,
    typed: str,
    person: Person | None,
    reason: str,
    actor: Actor,
    now: datetime,
    paused_until: datetime | None = None,
    known_device: bool = False,
    once: timedelta | None = None,
) -> Diagnosis:
    """Keep that somebody was refused and why; the page shows the number alone (D2).

    `door` is where: a key of `web.credentials.DOORS`. `typed` is kept only if it has the form of a login. A try refused
    by a pause that is known already finds its earlier number again and leaves no second line, so that hammering on a
    closed door fills neither table; `once` does the same within such a time for what no pause holds. From the last page
    that showed it, a number works for 24 hours.
    """
    key = fold_login(typed)
    facts = {
        "door": door,
        "login_key": key if well_formed_login(key) else "",
        "person_key": person.key if person is not None else "",
        "reason": reason,
        "known_device": known_device,
        "paused_until": paused_until,
        "address": actor.network,
    }
    last_shown = now
    if paused_until is not None or once is not None:
        alike = Diagnosis.objects.filter(**facts, expires_at__gt=now)
        known = (alike if once is None else alike.filter(at__gt=now - once)).first()
        if known is not None:
            return known
        last_shown = paused_until or now + (once or timedelta())
    record(
        Tag.SIGN_IN_REFUSED, actor=actor, now=now, subject_key=str(facts["person_key"]),
        person_key=str(facts["person_key"]), new={"door": door, "reason": reason},
    )  # fmt: skip
    while True:
        row = Diagnosis(number=f"{secrets.randbelow(10**8):08d}", at=now, expires_at=last_shown + KEPT, **facts)
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:  # somebody holds this number: draw another
            continue
        return row


def note_busy(*, door: str, now: datetime) -> str:
    """The number of a try that met a busy portal: the same for everybody within a minute, whatever they typed.

    All there is to tell of such a try is when and where it was, so one line a minute tells it. A flood fills nothing,
    its other answers ask the database nothing, and a number that all share tells nobody apart.
    """
    minute = now.replace(second=0, microsecond=0)
    at, number = _busy.get(door, (None, ""))
    if at != minute:
        number = note_failure(
            door=door, typed="", person=None, reason="busy", actor=visitor(), now=minute, once=MINUTE
        ).number  # fmt: skip
        _busy[door] = minute, number
    return number


@transaction.atomic
def read_diagnosis(*, diagnosis: Diagnosis, actor: Actor, now: datetime) -> None:
    """Keep that a PLSA or the Assistance looked a number up."""
    record(
        Tag.DIAGNOSIS_READ, actor=actor, now=now, subject_key=diagnosis.person_key, person_key=diagnosis.person_key,
        new={"number": diagnosis.number, "reason": diagnosis.reason},
    )  # fmt: skip


def sweep_diagnoses(*, now: datetime) -> int:
    """Remove the refusals whose number has ended; answers how many."""
    removed, _ = Diagnosis.objects.filter(expires_at__lte=now).delete()
    return removed
