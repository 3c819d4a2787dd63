"""Figures about the trail, for the metrics page and the doctor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from passerelle.audit.models import Event
from passerelle.audit.tags import Tag


@dataclass(frozen=True, slots=True)
class Tail:
    """Lines that no seal covers yet, and for how long the oldest of them has waited."""

    lines: int
    oldest_age: timedelta


def tail(*, now: datetime) -> Tail:
    rows = Event.objects.filter(seal__isnull=True)
    oldest = rows.order_by("at").values_list("at", flat=True).first()
    return Tail(rows.count(), max(now - oldest, timedelta()) if oldest else timedelta())


def written(tag: Tag, *, since: datetime) -> int:
    """How many lines of a tag were written since an instant."""
    return Event.objects.filter(tag=tag.value, at__gte=since).count()
