"""What a person is told of their second factor: each change, and each request to remove it (D11, decision 17)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from passerelle.accounts.models import FactorRemoval, Person, SecondFactor
from passerelle.mail import outbox
from passerelle.mail.models import Link, Message


def _send(kind: str, person: Person, *, now: datetime, link: Link | None = None, **context: Any) -> Message:
    return outbox.queue(
        f"accounts/{kind}",
        to_address=person.email,
        to_name=person.get_full_name(),
        language=person.language,
        context={"login": person.login, "done_at": now} | context,
        now=now,
        link=link,
        sensitive=link is not None,
        subject_key=person.key,
        person_key=person.key,
    )


def added(person: Person, factor: SecondFactor, *, address: str, now: datetime) -> Message:
    """A passkey or an authenticator application was added, from where, and what to do if it was not you."""
    return _send("factor_added", person, now=now, factor_kind=factor.kind, factor_name=factor.name, address=address)


def removed(person: Person, factor: SecondFactor, *, left: int, address: str, now: datetime) -> Message:
    """One was removed; `left` is how many are left."""
    return _send(
        "factor_removed", person, now=now, factor_kind=factor.kind, factor_name=factor.name, left=left, address=address
    )


def codes_renewed(person: Person, *, address: str, now: datetime) -> Message:
    """A new list of recovery codes was made; the former one no longer counts."""
    return _send("codes_renewed", person, now=now, address=address)


def code_used(person: Person, *, left: int, address: str, now: datetime) -> Message:
    """A recovery code was used; `left` is how many of the list are left."""
    return _send("code_used", person, now=now, left=left, address=address)


def removal_asked(person: Person, removal: FactorRemoval, *, link: Link, now: datetime) -> Message:
    """Somebody asked to remove the second factor: who, when it happens, and the link that keeps it."""
    return _send(
        "removal_asked", person, now=now, link=link, asked_by=removal.asked_by, effective_at=removal.effective_at
    )


def removal_cancelled(person: Person, removal: FactorRemoval, *, now: datetime) -> Message:
    """The second factor stays."""
    return _send("removal_cancelled", person, now=now, asked_by=removal.asked_by)


def removal_done(person: Person, removal: FactorRemoval, *, now: datetime) -> Message:
    """The second factor is removed, as asked; sign in and set a new one up."""
    return _send("removal_done", person, now=now, asked_by=removal.asked_by)
