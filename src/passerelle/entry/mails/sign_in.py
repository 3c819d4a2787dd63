"""What people are told when a former password blocks a login, and the link that makes a browser known."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from passerelle.accounts.models import Person
from passerelle.core.actor import Actor
from passerelle.mail import outbox
from passerelle.mail.models import Link, Message
from passerelle.suppliers.models import Company


def _send(
    kind: str, to: Person, about: Person, *, actor: Actor, now: datetime, link: Link | None = None,
    company: Company | None = None, **context: Any,
) -> Message:  # fmt: skip
    return outbox.queue(
        f"entry/{kind}",
        to_address=to.email,
        to_name=to.get_full_name(),
        language=to.language,
        context={"login": about.login, "address": actor.address, "happened_at": now, **context},
        now=now,
        link=link,
        sensitive=link is not None,
        subject_key=about.key,
        company_key=company.key if company else "",
        person_key=about.key,
    )


def blocked(person: Person, *, link: Link, actor: Actor, now: datetime) -> Message:
    """To the owner: the former password was typed; the login is blocked; how to lift it."""
    return _send("blocked", person, person, link=link, actor=actor, now=now, expires_at=link.expires_at)


def blocked_colleague(plsa: Person, person: Person, company: Company, *, actor: Actor, now: datetime) -> Message:
    """To a PLSA: the login of a colleague is blocked, what happened, who can lift it."""
    return _send(
        "blocked_colleague", plsa, person, company=company, actor=actor, now=now, company_name=company.name,
        person_name=person.get_full_name(),
    )  # fmt: skip


def device(person: Person, *, link: Link, actor: Actor, now: datetime) -> Message:
    """To the owner: the link that makes the browser in which it is opened known to the login."""
    return _send("device", person, person, link=link, actor=actor, now=now, expires_at=link.expires_at)


def block_lifted(person: Person, *, actor: Actor, now: datetime) -> Message:
    """To the owner: the block was lifted with the link sent to them; what to do if it was not them."""
    return _send("block_lifted", person, person, actor=actor, now=now)


def device_known(person: Person, *, actor: Actor, now: datetime) -> Message:
    """To the owner: a browser was made known with the link sent to them; what to do if it was not them."""
    return _send("device_known", person, person, actor=actor, now=now)
