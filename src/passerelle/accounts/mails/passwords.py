"""What the owner of a login is told of the password."""

from __future__ import annotations

from datetime import datetime

from passerelle.accounts.models import Person
from passerelle.core.actor import Actor
from passerelle.mail import outbox
from passerelle.mail.models import Message


def password_changed(person: Person, *, device: str, ended: int, actor: Actor, now: datetime) -> Message:
    """To the owner: the password was changed, when and from where, and what to do if it was not them (D6)."""
    return outbox.queue(
        "accounts/password_changed",
        to_address=person.email,
        to_name=person.get_full_name(),
        language=person.language,
        context={
            "login": person.login, "changed_at": now, "address": actor.address, "device": device[:200], "ended": ended,
        },
        now=now,
        subject_key=person.key,
        person_key=person.key,
    )  # fmt: skip
