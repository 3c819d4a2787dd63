"""The mails about a message, one function each. They queue inside the action's transaction; the worker sends."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from passerelle import brand
from passerelle.accounts.models import Person
from passerelle.mail import outbox
from passerelle.mail.models import Link, Message
from passerelle.support.models import Ticket
from passerelle.support.rules import greeting_name


def _facts(ticket: Ticket) -> dict[str, Any]:
    """The message as it was typed: for the Assistance, for the PLSAs, and for a sender whose mailbox is confirmed."""
    return {
        "reference": ticket.reference,
        "kind": ticket.kind,
        "full_name": ticket.full_name,
        "email": ticket.email,
        "phone": ticket.phone,
        "login": ticket.login,
        "cofor": ticket.cofor,
        "company_name": ticket.company_name,
        "identifiers": ticket.identifiers,
        "postcode": ticket.postcode,
        "subject": ticket.subject,
        "comments": ticket.comments,
        "reason": ticket.context.get("reason", ""),
        "received_at": ticket.received_at,
    }


def _send(kind: str, ticket: Ticket, *, now: datetime, **options: Any) -> Message:
    return outbox.queue(
        f"support/{kind}",
        now=now,
        subject_key=ticket.key,
        company_key=ticket.company.key if ticket.company else "",
        **options,
    )


def received(ticket: Ticket, *, now: datetime) -> Message:
    """To the Assistance mailbox, at once and in full; an answer goes to the sender (G3)."""
    return _send(
        "received", ticket, now=now, to_address=brand.current().contact.assistance_email, language=ticket.language,
        context=_facts(ticket), reply_to=ticket.email,
    )  # fmt: skip


def acknowledged(ticket: Ticket, *, in_full: bool, now: datetime, link: Link | None = None) -> Message:
    """To the sender: we have it, its reference, when an answer comes.

    `in_full` adds what was typed. Otherwise nothing typed is in it but a name that looks like one, and `link` leads to
    the copy that the owner of the mailbox may ask for (decision 21).
    """
    facts = _facts(ticket)
    if not in_full:
        facts = dict.fromkeys(facts, "") | {
            "reference": ticket.reference,
            "kind": ticket.kind,
            "full_name": greeting_name(ticket.full_name),
            "received_at": ticket.received_at,
        }
    if link is not None:
        facts["expires_at"] = link.expires_at
    return _send(
        "acknowledged", ticket, now=now, to_address=ticket.email, to_name=facts["full_name"],
        language=ticket.language, context=facts | {"in_full": in_full}, link=link, person_key=ticket.person_key,
    )  # fmt: skip


def copy(ticket: Ticket, *, now: datetime) -> Message:
    """To the sender, who has shown that the mailbox is theirs: the whole message."""
    return _send(
        "copy", ticket, now=now, to_address=ticket.email, to_name=ticket.full_name, language=ticket.language,
        context=_facts(ticket), person_key=ticket.person_key,
    )  # fmt: skip


def relay(ticket: Ticket, *, to: Person, now: datetime) -> Message:
    """To one PLSA, in their language: somebody asks through the portal; an answer goes to the sender (C3)."""
    return _send(
        "relay", ticket, now=now, to_address=to.email, to_name=to.get_full_name(), language=to.language,
        context=_facts(ticket) | {"company_name": ticket.company.name if ticket.company else ""},
        reply_to=ticket.email, person_key=to.key,
    )  # fmt: skip
