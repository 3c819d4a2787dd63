"""Tries that fail one after the other: some are free, then each brings a longer pause (decision 14).

A lane is a name and a value: what was typed as a login, or a login in one browser it knows. A try is charged before
it is evaluated, so that of many at once never more than the free ones are; the one that was right clears its lane.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from passerelle.limits.check import subject
from passerelle.limits.models import Pause

FORGOTTEN_AFTER = timedelta(hours=24)  # a lane without a try for so long begins anew


@dataclass(frozen=True, slots=True)
class Lane:
    """What a lane says: whether this try may be evaluated, how many there were, and until when the next one waits.

    `left` is how many more tries may fail before a pause begins. `paused_until` of an allowed try is the pause that
    this very try began, should it fail.
    """

    allowed: bool
    tries: int
    left: int
    paused_until: datetime | None

    def __bool__(self) -> bool:
        return self.allowed


def free_tries() -> int:
    """The tries before the pauses begin: the brand's number, times PASSERELLE_LIMITS_FACTOR."""
    return max(1, round(int(settings.PASSERELLE_PAUSES[0]) * settings.PASSERELLE_LIMITS_FACTOR))


def _pauses() -> list[timedelta]:
    return [timedelta(minutes=minutes) for minutes in settings.PASSERELLE_PAUSES[1]]


def claim(name: str, value: str, *, now: datetime) -> Lane:
    """Charge one try to a lane with one atomic upsert; refused, and charged nothing, while the lane is paused.

    Works outside a transaction only, so that a rollback of the action never gives the try back.
    """
    if transaction.get_connection().in_atomic_block and not getattr(settings, "PASSERELLE_TESTING", False):
        raise RuntimeError("pauses.claim works only outside a transaction")
    free, pauses = free_tries(), _pauses()
    table = connection.ops.quote_name(Pause._meta.db_table)
    at = connection.ops.adapt_datetimefield_value
    alive = at(now - FORGOTTEN_AFTER)
    tries = f"CASE WHEN {table}.last_at <= %s THEN 1 ELSE {table}.tries + 1 END"
    ends = [at(now + pause) for pause in pauses]
    steps = " ".join(f"WHEN {tries} = {free + place} THEN %s" for place in range(len(ends) - 1))
    first = ends[0] if free == 1 else None
    arguments = [name, subject(name, value), at(now), first, alive, at(now), alive]
    for end in ends[:-1]:
        arguments += [alive, end]
    arguments += [ends[-1], at(now)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (policy, subject, tries, last_at, paused_until) VALUES (%s, %s, 1, %s, %s) "  # noqa: S608
            f"ON CONFLICT (policy, subject) DO UPDATE SET tries = {tries}, last_at = %s, "
            f"paused_until = CASE WHEN {tries} < {free} THEN NULL {steps} ELSE %s END "
            f"WHERE {table}.paused_until IS NULL OR {table}.paused_until <= %s RETURNING tries",
            arguments,
        )
        row = cursor.fetchone()
    if row is None:
        return peek(name, value, now=now)
    count = int(row[0])
    began = now + pauses[min(count - free, len(pauses) - 1)] if count >= free else None
    return Lane(True, count, max(0, free - count), began)


def peek(name: str, value: str, *, now: datetime) -> Lane:
    """What a try would find, without charging it."""
    found = Pause.objects.filter(policy=name, subject=subject(name, value)).first()
    if found is None or found.last_at <= now - FORGOTTEN_AFTER:
        return Lane(True, 0, free_tries(), None)
    paused = found.paused_until if found.paused_until and found.paused_until > now else None
    return Lane(paused is None, found.tries, max(0, free_tries() - found.tries), paused)


def give_back(name: str, value: str, lane: Lane) -> None:
    """Take back a try that was charged and never evaluated; a pause that a later one began stays."""
    mine = Pause.objects.filter(policy=name, subject=subject(name, value), tries=lane.tries)
    mine.update(tries=lane.tries - 1, paused_until=None)


def clear(name: str, value: str) -> None:
    """Forget the tries of a lane, after one that was right as a whole."""
    table = connection.ops.quote_name(Pause._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE policy = %s AND subject = %s", [name, subject(name, value)])  # noqa: S608


def sweep(*, now: datetime) -> int:
    """Remove the lanes that are forgotten; answers how many."""
    removed, _ = Pause.objects.filter(last_at__lte=now - FORGOTTEN_AFTER).delete()
    return removed
