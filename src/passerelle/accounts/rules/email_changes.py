"""Where a change of address stands."""

from __future__ import annotations

from datetime import datetime, timedelta

from passerelle.accounts.models import EmailChange

# Both mailboxes have this long to confirm; one that the Assistance asked for, this long after its hours of waiting.
EMAIL_CHANGE_LIVES = timedelta(days=3)


def is_living(change: EmailChange, now: datetime) -> bool:
    """Whether a change still waits: for one of its mailboxes, or for its hours to be over."""
    return change.cancelled_at is None and change.done_at is None and now < change.expires_at


def may_take_effect(change: EmailChange, now: datetime) -> bool:
    """Whether a living change is in force now: the new mailbox confirmed it, and so did the present one, or the hours
    in which the present one could stop what the Assistance asked for are over (ADR 0020)."""
    if change.new_confirmed_at is None:
        return False
    return change.old_confirmed_at is not None or (change.effective_at is not None and change.effective_at <= now)
