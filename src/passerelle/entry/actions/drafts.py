"""What was typed into a form whose sender had to sign in first (decision 15, WCAG 2.2.1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from passerelle.core.actor import Actor
from passerelle.core.errors import Refused
from passerelle.entry.models import Draft

DRAFT_LIVES = timedelta(hours=24)
DRAFT_BYTES = 100_000
_PATH = 500
_UNREADABLE = "\ufffd"

Fields = Sequence[tuple[str, str]]


@transaction.atomic
def keep_draft(*, path: str, fields: Fields, person_key: str, actor: Actor, now: datetime) -> Draft:
    """Keep the fields of a form for a day. Refuses `draft_of_nobody`, `draft_empty`, and `draft_too_long` past 100 kB.

    Null characters, which no database keeps, become what forms call unreadable.
    """
    if not person_key:
        raise Refused("draft_of_nobody")
    fields = [(name.replace("\x00", _UNREADABLE), value.replace("\x00", _UNREADABLE)) for name, value in fields]
    if not any(value.strip() for _name, value in fields):
        raise Refused("draft_empty")
    size = sum(len(name.encode("utf-8", "replace")) + len(value.encode("utf-8", "replace")) for name, value in fields)
    if size > DRAFT_BYTES or len(path) > _PATH or "\x00" in path:
        raise Refused("draft_too_long")
    return Draft.objects.create(
        path=path, fields=[list(pair) for pair in fields], person_key=person_key, created_at=now,
        expires_at=now + DRAFT_LIVES,
    )  # fmt: skip


@transaction.atomic
def take_draft(*, keys: Sequence[str], path: str, person_key: str, actor: Actor, now: datetime) -> Draft | None:
    """Take the newest draft of a page out of those a browser holds the keys of: once, and for its person only."""
    if not person_key:
        return None
    path = path.replace("\x00", _UNREADABLE)
    found = Draft.objects.filter(key__in=list(keys), path=path, person_key=person_key, expires_at__gt=now)
    draft = found.order_by("-created_at", "-pk").first()
    if draft is None or not Draft.objects.filter(pk=draft.pk).delete()[0]:
        return None
    return draft


@transaction.atomic
def sweep_drafts(*, actor: Actor, now: datetime) -> int:
    """Remove the drafts that nobody came back to; answers how many."""
    return Draft.objects.filter(expires_at__lte=now).delete()[0]
