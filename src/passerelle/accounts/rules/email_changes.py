"""Where a change of address stands."""

from __future__ import annotations

from datetime import datetime, timedelta

from passerelle.accounts.models import EmailChange

# Both mailboxes have this long to confirm.
EMAIL_CHANGE_LIVES = timedelta(days=3)


def is_living(change: EmailChange, now: datetime) -> bool:
    """Whether a change still waits for one of its two mailboxes."""
    return change.cancelled_at is None and change.done_at is None and now < change.expires_at
