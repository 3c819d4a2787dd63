"""What a person is told when a PLSA or the Assistance acts on their login."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from passerelle.accounts.models import EmailChange, Person
from passerelle.core.actor import Actor, ActorKind
from passerelle.mail import outbox
from passerelle.mail.models import Link, Message
from passerelle.suppliers.models import Company


def _send(
    kind: str, person: Person, company: Company | None, *, actor: Actor, now: datetime, link: Link | None = None,
    to: Person | None = None, **context: Any,
) -> Message:  # fmt: skip
    reader = to or person
    return outbox.queue(
        f"entry/{kind}",
        to_address=reader.email,
        to_name=reader.get_full_name(),
        language=reader.language,
        context={
            "login": person.login,
            "company_name": company.name if company else "",
            # A colleague is named, a member of staff is the Assistance.
            "by_name": actor.name if actor.kind is ActorKind.PERSON else "",
            "done_at": now,
            **context,
        },
        now=now,
        link=link,
        sensitive=link is not None,
        subject_key=person.key,
        company_key=company.key if company else "",
        person_key=person.key,
    )


def people_state(person: Person, company: Company | None, *, what: str, actor: Actor, now: datetime) -> Message:
    """To the person: the login was suspended, blocked, deleted or lifted, or the membership of one company was.

    `what` is "suspended", "blocked", "deleted", "lifted", "company_suspended", "company_ended" or "company_resumed".
    """
    return _send("people_state", person, company, actor=actor, now=now, what=what)


def people_password(person: Person, company: Company | None, *, link: Link, actor: Actor, now: datetime) -> Message:
    """To the person: a PLSA or the Assistance sends a link to choose a new password (D10)."""
    return _send("people_password", person, company, link=link, actor=actor, now=now, expires_at=link.expires_at)


def people_activation(person: Person, company: Company | None, *, link: Link, actor: Actor, now: datetime) -> Message:
    """To a person who never chose a password: the activation again."""
    return _send("people_activation", person, company, link=link, actor=actor, now=now, expires_at=link.expires_at)


def email_of_colleague(plsa: Person, change: EmailChange, company: Company, *, actor: Actor, now: datetime) -> Message:
    """To a PLSA: the Assistance was asked for another address of a colleague who lost the mailbox; when it changes."""
    return _send(
        "email_of_colleague", change.person, company, actor=actor, now=now, to=plsa, new_email=change.email,
        person_name=change.person.get_full_name(), old_email=change.person.email, effective_at=change.effective_at,
    )  # fmt: skip
