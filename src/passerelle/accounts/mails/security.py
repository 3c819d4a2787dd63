"""What the owner of a login is told of: a change of address, sessions that somebody else ended."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from passerelle.accounts.models import EmailChange, Person
from passerelle.core.actor import Actor, ActorKind
from passerelle.mail import outbox
from passerelle.mail.models import Link, Message


def _send(
    kind: str,
    person: Person,
    *,
    now: datetime,
    to_address: str = "",
    link: Link | None = None,
    subject_key: str = "",
    **context: object,
) -> Message:
    return outbox.queue(
        f"accounts/{kind}",
        to_address=to_address or person.email,
        to_name=person.get_full_name(),
        language=person.language,
        context=context,
        now=now,
        link=link,
        sensitive=link is not None,
        subject_key=subject_key or person.key,
        person_key=person.key,
    )


def _to_stranger(change: EmailChange, now: datetime) -> dict[str, Any]:
    """For an address that may be anybody's: it names neither the person nor the login, and stands in the ledger under
    the change alone. What a person reads of the mails about them must not tell which of the two was sent."""
    return {
        "to_address": change.email, "language": change.person.language, "subject_key": change.key, "now": now,
    }  # fmt: skip


def _from(person: Person, actor: Actor) -> str:
    """The network address a person reads: their own or a stranger's, never that of the staff who acted for them."""
    return "" if actor.kind is ActorKind.STAFF and actor.key != person.key else actor.address


def email_asked(change: EmailChange, *, link: Link, actor: Actor, now: datetime) -> Message:
    """To the present address: which address is asked for, by whom, from where; the link confirms it or stops it."""
    return _send(
        "email_asked", change.person, now=now, link=link, subject_key=change.key, login=change.person.login,
        new_email=change.email, asked_at=change.asked_at, address=_from(change.person, actor),
        effective_at=change.effective_at, expires_at=change.expires_at,
    )  # fmt: skip


def email_to_confirm(change: EmailChange, *, link: Link, now: datetime) -> Message:
    """To the new address: what its link does."""
    facts = {"asked_at": change.asked_at, "effective_at": change.effective_at, "expires_at": change.expires_at}
    return outbox.queue(
        "accounts/email_to_confirm", context=facts, link=link, sensitive=True, **_to_stranger(change, now)
    )


def email_in_use(change: EmailChange, *, now: datetime) -> Message:
    """To an address that belongs to another login: the truth, which the page does not tell who asked."""
    return outbox.queue("accounts/email_in_use", context={"asked_at": change.asked_at}, **_to_stranger(change, now))


def email_changed(change: EmailChange, *, to_address: str, old_email: str, actor: Actor, now: datetime) -> Message:
    """To the old and to the new address: which one counts from now on, and whether both mailboxes wanted it."""
    person = change.person
    return _send(
        "email_changed", person, now=now, to_address=to_address, login=person.login, old_email=old_email,
        new_email=person.email, changed_at=now, address=_from(person, actor), both=bool(change.old_confirmed_at),
    )  # fmt: skip


def email_change_cancelled(change: EmailChange, *, reason: str, actor: Actor, now: datetime) -> Message:
    """To the address that stays. `reason` is "stopped" or "not_possible"."""
    return _send(
        "email_change_cancelled", change.person, now=now, login=change.person.login, new_email=change.email,
        reason=reason, cancelled_at=now, address=_from(change.person, actor),
    )  # fmt: skip


def identity_linked(person: Person, *, actor: Actor, now: datetime) -> Message:
    """To a member of staff: the group's own account that has just been used signs them in from now on."""
    return _send("identity_linked", person, now=now, login=person.login, done_at=now, address=actor.address)


def sessions_ended(person: Person, *, count: int, now: datetime) -> Message:
    """To the owner: a PLSA or the Assistance ended their sessions."""
    return _send("sessions_ended", person, now=now, login=person.login, count=count, ended_at=now)
