"""What the owner of a login is told by the clock: a password that ends, a login that nobody uses."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from passerelle import brand
from passerelle.accounts.models import Person
from passerelle.mail import outbox
from passerelle.mail.models import Message


def _send(kind: str, person: Person, *, now: datetime, **context: Any) -> Message:
    return outbox.queue(
        f"accounts/{kind}",
        to_address=person.email,
        to_name=person.get_full_name(),
        language=person.language,
        context={"login": person.login} | context,
        now=now,
        subject_key=person.key,
        person_key=person.key,
    )


def password_ends(person: Person, *, ends_at: datetime, days: int, now: datetime) -> Message:
    """The password ends in so many days; how to change it before."""
    return _send("password_ends", person, now=now, ends_at=ends_at, days=days)


def login_unused(person: Person, *, last_at: datetime, suspended_at: datetime, now: datetime) -> Message:
    """The login was not used since then; it is suspended on that day unless somebody signs in."""
    return _send("login_unused", person, now=now, last_at=last_at, suspended_at=suspended_at)


def login_suspended(person: Person, *, last_at: datetime, now: datetime) -> Message:
    """The login is suspended, as announced; who lifts it."""
    days = brand.current().policies.unused_suspension_days
    return _send("login_suspended", person, now=now, last_at=last_at, days=days)
