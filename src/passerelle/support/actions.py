"""Writes on messages: taken in, passed on to the PLSAs, copied to their sender, closed, reopened."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from passerelle.audit.record import record
from passerelle.audit.tags import Tag
from passerelle.core.actor import SYSTEM, Actor, ActorKind
from passerelle.core.errors import Refused
from passerelle.core.keys import reference
from passerelle.core.powers import Verb, may
from passerelle.mail import links
from passerelle.memberships.queries import plsas_of
from passerelle.suppliers.models import Company
from passerelle.suppliers.queries import find_by_cofor, find_by_key
from passerelle.support import mails
from passerelle.support.enums import TicketKind, TicketState
from passerelle.support.models import Ticket
from passerelle.support.rules import may_have_copy_at_once, submission_mark

COPY = "copy"
COPY_DAYS = 7


@dataclass(frozen=True, slots=True)
class Typed:
    """A message as it was typed. `registered_email` is the signed-in sender's own address, from the login."""

    first_name: str
    last_name: str
    email: str
    comments: str
    subject: str = ""
    phone: str = ""
    login: str = ""
    cofor: str = ""
    company_name: str = ""
    identifiers: str = ""
    postcode: str = ""
    registered_email: str = ""
    context: dict[str, Any] = field(default_factory=dict)


def receive(
    *, kind: TicketKind, typed: Typed, language: str, submission: str, actor: Actor, now: datetime, copy: bool = False
) -> Ticket:
    """Keep a message and tell the Assistance mailbox and its sender by mail, at once (G3).

    The COFOR leads to the company where it is known, and is kept as typed in any case. The same `submission` with the
    same words is one ticket, however often it is sent: the first one is answered again. `copy`: a signed-in sender gets
    the whole message in the acknowledgement, anybody else a link to ask for it there (decision 21).
    Refuses `mail_address` (field `email`) when the sender's address is none that can be written to.
    """
    mark = _mark(kind, submission, typed)
    try:
        return _receive(kind, typed, language, mark, actor, now, copy)
    except IntegrityError:
        return _first_of(mark)


@transaction.atomic
def _receive(
    kind: TicketKind, typed: Typed, language: str, mark: str, actor: Actor, now: datetime, copy: bool
) -> Ticket:
    if known := _known(mark):
        return known
    company = find_by_cofor(typed.cofor)
    ticket = _write(kind, typed, language=language, mark=mark, company=company, actor=actor, now=now)
    record(
        Tag.TICKET_RECEIVED, actor=actor, now=now, subject_key=ticket.key, company_key=company.key if company else "",
        person_key=ticket.person_key, new={"reference": ticket.reference, "kind": kind.value},
    )  # fmt: skip
    with _address_errors():
        mails.received(ticket, now=now)
        _acknowledge(ticket, typed, copy=copy, actor=actor, now=now)
    return ticket


def _acknowledge(ticket: Ticket, typed: Typed, *, copy: bool, actor: Actor, now: datetime) -> None:
    in_full = copy and may_have_copy_at_once(actor, registered_email=typed.registered_email, email=ticket.email)
    link = None
    if copy and not in_full:
        link = links.issue(
            COPY, subject_key=ticket.key, recipient=ticket.email, expires_at=now + timedelta(days=COPY_DAYS), now=now
        )
    mails.acknowledged(ticket, in_full=in_full, link=link, now=now)


def relay(*, company_key: str, typed: Typed, language: str, submission: str, actor: Actor, now: datetime) -> Ticket:
    """Write to every PLSA in force of a company, in the sender's name, and keep what was written (C3).

    Neither the answer nor a mail tells an address or how many they are; the PLSAs answer the sender directly. The
    ticket is kept closed: nobody of the Assistance has to act on it. Idempotent as `receive`.
    Refuses `no_plsa` when the company has none in force or is closed, and `mail_address` (field `email`).
    """
    mark = _mark(TicketKind.RELAY, submission, typed, company_key)
    try:
        return _relay(company_key, typed, language, mark, actor, now)
    except IntegrityError:
        return _first_of(mark)


@transaction.atomic
def _relay(company_key: str, typed: Typed, language: str, mark: str, actor: Actor, now: datetime) -> Ticket:
    if known := _known(mark):
        return known
    company = find_by_key(company_key)
    plsas = plsas_of(company, now) if company is not None and company.active else []
    if company is None or not plsas:
        raise Refused("no_plsa")
    ticket = _write(
        TicketKind.RELAY, typed, language=language, mark=mark, company=company, actor=actor, now=now,
        relayed_to=len(plsas), state=TicketState.CLOSED, closed_at=now,
    )  # fmt: skip
    record(
        Tag.RELAY_SENT, actor=actor, now=now, subject_key=ticket.key, company_key=company.key,
        person_key=ticket.person_key, new={"reference": ticket.reference, "plsas": len(plsas)},
    )  # fmt: skip
    with _address_errors():
        for person in plsas:
            mails.relay(ticket, to=person, now=now)
    return ticket


@transaction.atomic
def hand_over(*, typed: Typed, language: str, submission: str, actor: Actor, now: datetime) -> Ticket:
    """Keep a message that the portal writes for somebody and tell the Assistance mailbox. Idempotent as `receive`.

    Its sender gets neither an acknowledgement nor a ticket of their own: whether there is one is for the Assistance
    alone, as when a PLSA asks for what a login of several companies forbids them.
    """
    mark = _mark(TicketKind.CONTACT, submission, typed)
    if known := _known(mark):
        return known
    company = find_by_cofor(typed.cofor)
    ticket = _write(
        TicketKind.CONTACT, typed, language=language, mark=mark, company=company, actor=SYSTEM, now=now
    )  # fmt: skip
    record(
        Tag.TICKET_RECEIVED, actor=actor, now=now, subject_key=ticket.key, company_key=company.key if company else "",
        new={"reference": ticket.reference, "kind": TicketKind.CONTACT.value},
    )  # fmt: skip
    mails.received(ticket, now=now)
    return ticket


@transaction.atomic
def send_copy(*, link_key: str, actor: Actor, now: datetime) -> Ticket:
    """Send the whole message to the mailbox whose owner pressed the button of the acknowledgement's link (decision 21).

    Refuses as `links.spend` does, and `ticket_unknown`.
    """
    link = links.lock(link_key)
    ticket = Ticket.objects.select_related("company").filter(key=link.subject_key).first()
    if ticket is None:
        raise Refused("ticket_unknown")
    links.spend(link, now)
    record(
        Tag.TICKET_COPIED, actor=actor, now=now, subject_key=ticket.key, person_key=ticket.person_key,
        new={"reference": ticket.reference},
    )  # fmt: skip
    mails.copy(ticket, now=now)
    return ticket


@transaction.atomic
def close(*, key: str, actor: Actor, now: datetime) -> Ticket:
    """Close a message that was answered (G4). Refuses `no_power`, `ticket_unknown`, `ticket_closed`."""
    ticket = _take(key, actor)
    if ticket.state == TicketState.CLOSED:
        raise Refused("ticket_closed", by=ticket.closed_by, at=ticket.closed_at)
    ticket.state, ticket.closed_at, ticket.closed_by = TicketState.CLOSED, now, actor.name[:300]
    return _moved(ticket, Tag.TICKET_CLOSED, was=TicketState.OPEN, actor=actor, now=now)


@transaction.atomic
def reopen(*, key: str, actor: Actor, now: datetime) -> Ticket:
    """Take a closed message up again. Refuses `no_power`, `ticket_unknown`, `ticket_open`."""
    ticket = _take(key, actor)
    if ticket.state == TicketState.OPEN:
        raise Refused("ticket_open")
    ticket.state, ticket.closed_at, ticket.closed_by = TicketState.OPEN, None, ""
    return _moved(ticket, Tag.TICKET_REOPENED, was=TicketState.CLOSED, actor=actor, now=now)


def _take(key: str, actor: Actor) -> Ticket:
    if not may(actor, Verb.ANSWER_TICKETS):
        raise Refused("no_power")
    ticket = Ticket.objects.select_for_update(of=("self",)).select_related("company").filter(key=key).first()
    if ticket is None:
        raise Refused("ticket_unknown")
    return ticket


def _moved(ticket: Ticket, tag: Tag, *, was: TicketState, actor: Actor, now: datetime) -> Ticket:
    ticket.save(update_fields=["state", "closed_at", "closed_by"])
    record(
        tag, actor=actor, now=now, subject_key=ticket.key, company_key=ticket.company.key if ticket.company else "",
        person_key=ticket.person_key, old={"state": was.value},
        new={"state": ticket.state, "reference": ticket.reference},
    )  # fmt: skip
    return ticket


def _write(
    kind: TicketKind, typed: Typed, *, language: str, mark: str, company: Company | None, actor: Actor, now: datetime,
    **more: Any,
) -> Ticket:  # fmt: skip
    """Insert the ticket; `IntegrityError` when the same message was inserted meanwhile."""
    return Ticket.objects.create(
        reference=reference("AS"),
        kind=kind,
        received_at=now,
        language=language,
        first_name=typed.first_name,
        last_name=typed.last_name,
        email=typed.email,
        phone=typed.phone,
        login=typed.login,
        cofor=company.cofor if company and typed.cofor else typed.cofor,
        company_name=typed.company_name,
        identifiers=typed.identifiers,
        postcode=typed.postcode,
        subject=typed.subject,
        comments=typed.comments,
        context=typed.context,
        company=company,
        person_key=actor.key if actor.kind is ActorKind.PERSON else "",
        submission=mark,
        **more,
    )


def _mark(kind: TicketKind, submission: str, typed: Typed, *more: str) -> str:
    words = (typed.email, typed.first_name, typed.last_name, typed.cofor, typed.company_name, typed.subject)
    return submission_mark(submission, kind.value, *more, *words, typed.comments, typed.identifiers)


def _known(mark: str) -> Ticket | None:
    return Ticket.objects.select_related("company").filter(submission=mark).first()


def _first_of(mark: str) -> Ticket:
    """The ticket that was inserted a moment before by the other of two clicks."""
    return Ticket.objects.select_related("company").get(submission=mark)


@contextmanager
def _address_errors() -> Iterator[None]:
    """An address that cannot be written to is an error of the form's e-mail field."""
    try:
        yield
    except Refused as refusal:
        if refusal.code != "mail_address":
            raise
        raise Refused("mail_address", field="email", **refusal.facts) from refusal
