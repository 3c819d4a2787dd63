"""The ledger of mails as staff read it (I7): what was queued, sent, refused, and what its reader did with the link."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Upper
from django.db.models.lookups import Exact

from passerelle.mail.models import Message, MessageState

PAGE = 50
PAGE_MOST = 100


class Standing(StrEnum):
    """The furthest a message has come."""

    QUEUED = "queued"
    SENT = "sent"
    REFUSED = "refused"
    DROPPED = "dropped"
    OPENED = "link_opened"
    USED = "link_used"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class Line:
    message: Message
    standing: Standing


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the ledger, newest first; `more` tells whether another follows."""

    lines: list[Line]
    number: int
    more: bool


def standing(message: Message) -> Standing:
    """What became of a message and of its link."""
    if message.state in {MessageState.QUEUED, MessageState.SENDING}:
        return Standing.QUEUED
    if message.state != MessageState.SENT:
        return Standing(message.state)
    link = message.link
    if link is None:
        return Standing.SENT
    if link.used_at:
        return Standing.USED
    if link.superseded_at:
        return Standing.SUPERSEDED
    return Standing.OPENED if link.opened_at else Standing.SENT


def of_subject(key: str, *, page: int = 1, size: int = PAGE) -> Page:
    """The mails about one thing: an opening, a ticket."""
    return _page(Message.objects.filter(subject_key=key or "-"), page, size)


def of_company(key: str, *, page: int = 1, size: int = PAGE) -> Page:
    return _page(Message.objects.filter(company_key=key or "-"), page, size)


def of_person(key: str, *, page: int = 1, size: int = PAGE) -> Page:
    return _page(Message.objects.filter(person_key=key or "-"), page, size)


def whole(*, state: str = "", page: int = 1, size: int = PAGE) -> Page:
    """Every mail, or those in one state."""
    rows = Message.objects.filter(state=state) if state in MessageState.values else Message.objects.all()
    return _page(rows, page, size)


def sent(*, to: str = "", most: int) -> list[Message]:
    """What has left, newest first: for the mailbox of the demonstration."""
    rows = Message.objects.filter(state=MessageState.SENT)
    if to:
        rows = rows.filter(sent_to(to))
    return list(rows.select_related("link").order_by("-sent_at", "-pk")[:most])


def sent_to(address: str) -> Q:
    """Mails to an address, in capitals or not: by the index."""
    return Q(Exact(Upper("to_address"), Upper(Value(address))))


def _page(rows: QuerySet[Message], page: int, size: int) -> Page:
    size, page = min(max(size, 1), PAGE_MOST), min(max(page, 1), 10_000)
    start = (page - 1) * size
    found = list(rows.select_related("link").order_by("-queued_at", "-pk")[start : start + size + 1])
    return Page([Line(message, standing(message)) for message in found[:size]], page, len(found) > size)
