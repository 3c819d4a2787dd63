"""Counting a try, committed before the action's own transaction opens."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from passerelle.core.prepared import Prepared
from passerelle.limits.models import Counter
from passerelle.limits.policies import policy


@dataclass(frozen=True, slots=True)
class Allowance:
    """What the count says: whether this try is within the limit, how many there were, and when to try again."""

    allowed: bool
    count: int
    limit: int
    again_at: datetime

    def __bool__(self) -> bool:
        return self.allowed


def subject(name: str, value: str) -> str:
    """What stands for a value in the tables: a keyed hash, which tells nothing of it."""
    return hmac.new(settings.SECRET_KEY.encode(), f"limits:{name}:{value}".encode(), hashlib.sha256).hexdigest()


def _window(now: datetime, period: timedelta) -> datetime:
    seconds = int(period.total_seconds())
    start = int(now.timestamp()) // seconds * seconds
    return datetime.fromtimestamp(start, tz=UTC)


def hit(name: str, value: str, *, now: datetime) -> Allowance:
    """Count one try of `value` under the policy `name` with one atomic upsert.

    Works outside a transaction only, so that a rollback of the action never gives the try back.
    """
    if transaction.get_connection().in_atomic_block and not getattr(settings, "PASSERELLE_TESTING", False):
        raise RuntimeError("limits.hit works only outside a transaction")
    rule = policy(name)
    start = _window(now, rule.period)
    table = connection.ops.quote_name(Counter._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (policy, subject, window_start, count) VALUES (%s, %s, %s, 1) "  # noqa: S608
            f"ON CONFLICT (policy, subject, window_start) DO UPDATE SET count = {table}.count + 1 RETURNING count",
            [name, subject(name, value), connection.ops.adapt_datetimefield_value(start)],
        )
        count = int(cursor.fetchone()[0])
    return Allowance(count <= rule.count, count, rule.count, start + rule.period)


_counters: Prepared[Counter] = Prepared(
    lambda name, value, start: Counter.objects.filter(policy=name, subject=value, window_start=start),
    name=str, value=str, start=datetime,
)  # fmt: skip


def peek(name: str, value: str, *, now: datetime) -> Allowance:
    """What a try would find, without counting it. `allowed` tells whether one more try fits."""
    rule = policy(name)
    start = _window(now, rule.period)
    found = _counters(name=name, value=subject(name, value), start=start)
    count = found[0].count if found else 0
    return Allowance(count < rule.count, count, rule.count, start + rule.period)


def forget(name: str, value: str, *, now: datetime) -> None:
    """Drop the count of one subject in the present window (after a success that proves the subject genuine)."""
    rule = policy(name)
    Counter.objects.filter(policy=name, subject=subject(name, value), window_start=_window(now, rule.period)).delete()


def give_back(name: str, value: str, *, now: datetime) -> None:
    """Take back one try that was counted and never evaluated."""
    window = connection.ops.adapt_datetimefield_value(_window(now, policy(name).period))
    table = connection.ops.quote_name(Counter._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET count = count - 1 "  # noqa: S608
            "WHERE policy = %s AND subject = %s AND window_start = %s AND count > 0",
            [name, subject(name, value), window],
        )


def sweep(*, now: datetime) -> int:
    """Remove counters of windows long past; answers how many."""
    removed, _ = Counter.objects.filter(window_start__lt=now - timedelta(days=2)).delete()
    return removed
