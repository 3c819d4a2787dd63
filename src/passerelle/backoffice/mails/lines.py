"""Lines of the mail ledger in words (I7)."""

from __future__ import annotations

from dataclasses import dataclass

from passerelle.backoffice.words import STANDINGS, Words, mail_kind
from passerelle.mail import ledger
from passerelle.mail.models import Message

FEW = 20


@dataclass(frozen=True, slots=True)
class Line:
    """A mail with the words for what it is about and how far it came."""

    message: Message
    about: Words
    standing: Words
    kind: str


def line(row: ledger.Line) -> Line:
    words, kind = STANDINGS[row.standing]
    return Line(row.message, mail_kind(row.message.kind), words, kind)


def of_subject(key: str) -> list[Line]:
    return [line(row) for row in ledger.of_subject(key, size=FEW).lines]


def of_company(key: str) -> list[Line]:
    return [line(row) for row in ledger.of_company(key, size=FEW).lines]


def of_person(key: str) -> list[Line]:
    return [line(row) for row in ledger.of_person(key, size=FEW).lines]
