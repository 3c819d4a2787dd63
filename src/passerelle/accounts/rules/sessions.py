"""Which session is still good, and the name under which a page may speak of one (decision 15)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.crypto import salted_hmac

from passerelle import brand
from passerelle.accounts.models import Person

# The instant last seen is written at most once a minute (decision 30), so an idle session gets a minute more.
SEEN_EVERY = timedelta(minutes=1)


def session_handle(session_key: str) -> str:
    """The name of a session in pages: the key itself is the secret of the cookie and is never shown."""
    return salted_hmac("passerelle.accounts.session", session_key, algorithm="sha256").hexdigest()[:32]


def was_ended(person: Person, *, since: datetime, spared_at: datetime | None = None) -> bool:
    """Whether what began at `since`, a session or a sign-in half done, was ended when all sessions were (D11).

    Rows alone would not tell: a sign-in half done has none with a person, and an answer under way writes its row later.
    `spared_at` is the last ending that kept this very session.
    """
    ended_at = person.sessions_ended_at
    if ended_at is None or since > ended_at:
        return False
    return spared_at is None or spared_at < ended_at


def session_ends_at(created_at: datetime, last_seen_at: datetime) -> datetime:
    """When a session ends if nothing more is done: after its idle time, and after its longest time in any case."""
    policies = brand.current().policies
    idle = last_seen_at + timedelta(minutes=policies.session_idle_minutes)
    return min(idle, created_at + timedelta(hours=policies.session_max_hours))
