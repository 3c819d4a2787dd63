"""Writing a line of the trail, inside the transaction of the action it tells of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.core.actor import Actor
from passerelle.core.prepared import insert


def line(
    tag: Tag,
    *,
    actor: Actor,
    now: datetime,
    subject_key: str = "",
    company_key: str = "",
    person_key: str = "",
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
) -> Event:
    """A line that is not written yet, for an action that writes many at once with `record_all`."""
    return Event(
        at=now,
        tag=tag.value,
        actor_kind=actor.kind.value,
        actor_key=actor.key,
        actor_name=actor.name[:300],
        address=actor.address,
        subject_key=subject_key,
        company_key=company_key,
        person_key=person_key,
        old=old or {},
        new=new or {},
    )


def record_all(lines: Sequence[Event]) -> None:
    """Insert lines made by `line`, under the promise and the condition of `record`."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("audit.record works only inside the transaction of an action")
    Event.objects.bulk_create(lines, batch_size=500)


def record(
    tag: Tag,
    *,
    actor: Actor,
    now: datetime,
    subject_key: str = "",
    company_key: str = "",
    person_key: str = "",
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
) -> Event:
    """Insert one line. Refuses to work outside a transaction: a line without its change, or the reverse, is a lie.

    The line is plain; the worker seals it into the chain later (`audit.seal`). `old` and `new` hold the values that
    changed, as JSON; never a password, token, code or link.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("audit.record works only inside the transaction of an action")
    event = line(
        tag,
        actor=actor,
        now=now,
        subject_key=subject_key,
        company_key=company_key,
        person_key=person_key,
        old=old,
        new=new,
    )
    insert(event)
    return event
