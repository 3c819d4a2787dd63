"""The mails of an opening, one function each. They queue inside the action's transaction; the worker sends."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from passerelle import brand
from passerelle.accounts.models import Person
from passerelle.mail import outbox
from passerelle.mail.models import Link, Message
from passerelle.opening.enums import PartyRole, RefusalReason
from passerelle.opening.models import Opening, Party


def _send(
    kind: str,
    opening: Opening,
    *,
    to: Party,
    now: datetime,
    link: Link | None = None,
    sensitive: bool = False,
    attachments: Iterable[dict[str, str]] = (),
    **context: Any,
) -> Message:
    return outbox.queue(
        f"opening/{kind}",
        to_address=to.email,
        to_name=to.full_name,
        language=opening.language,
        context=_facts(opening) | context,
        now=now,
        link=link,
        sensitive=sensitive,
        subject_key=opening.key,
        company_key=opening.company.key,
        attachments=list(attachments),
    )


def _facts(opening: Opening) -> dict[str, Any]:
    """What every mail of an opening may say: the company to its own people, the reference, the people named."""
    people = {}
    for party in opening.parties.all():
        people[party.role] = {"name": party.full_name, "email": party.email, "function": party.function}
    return {
        "company_name": opening.company.name,
        "reference": opening.reference,
        "kind": opening.kind,
        "requested_at": opening.requested_at,
        "lapses_at": opening.lapses_at,
        "people": people,
    }


def received(opening: Opening, *, now: datetime) -> Message:
    """To the requester: we have it, what happens next, the reference."""
    return _send("received", opening, to=opening.party(PartyRole.REQUESTER), now=now, matched=bool(opening.basis))


def to_verify(opening: Opening, *, now: datetime) -> Message:
    """To the Assistance: a request waits at the desk."""
    return outbox.queue(
        "opening/to_verify",
        to_address=brand.current().contact.assistance_email,
        to_name="",
        language=opening.language,
        context=_facts(opening) | {"cofor": opening.company.cofor, "state": opening.state},
        now=now,
        subject_key=opening.key,
        company_key=opening.company.key,
    )


def notice(opening: Opening, *, to_address: str, link: Link, step: str, now: datetime) -> Message:
    """To a contact on record: what happens to the company's access, with the link to object (decision 7).

    `step` is "received", "terms_sent" or "opened".
    """
    return outbox.queue(
        "opening/notice",
        to_address=to_address,
        to_name="",
        language=opening.language,
        context=_facts(opening) | {"step": step, "expires_at": link.expires_at},
        now=now,
        link=link,
        sensitive=True,
        subject_key=opening.key,
        company_key=opening.company.key,
    )


def terms(opening: Opening, *, link: Link, now: datetime) -> Message:
    """To the legal representative, by name: the reference, the single-use link, who asked, who is proposed (C6)."""
    to = opening.party(PartyRole.REPRESENTATIVE)
    return _send("terms", opening, to=to, now=now, link=link, sensitive=True, expires_at=link.expires_at)


def reminder(opening: Opening, *, link: Link, now: datetime) -> Message:
    """To the legal representative: it still waits, the same or a fresh link."""
    to = opening.party(PartyRole.REPRESENTATIVE)
    return _send("reminder", opening, to=to, now=now, link=link, sensitive=True, expires_at=link.expires_at)


def designation(opening: Opening, *, link: Link, now: datetime) -> Message:
    """To the legal representative: name a PLSA, the company has none (check 6)."""
    to = opening.party(PartyRole.REPRESENTATIVE)
    return _send("designation", opening, to=to, now=now, link=link, sensitive=True, expires_at=link.expires_at)


def refused(opening: Opening, *, now: datetime) -> Message:
    """To the requester: refused, why, and how to ask again."""
    to = opening.party(PartyRole.REQUESTER)
    return _send("refused", opening, to=to, now=now, refusal=opening.refusal, note=opening.refusal_note)


def terms_refused(opening: Opening, *, now: datetime) -> Message:
    """To the requester: the legal representative did not accept."""
    to = opening.party(PartyRole.REQUESTER)
    return _send("terms_refused", opening, to=to, now=now, note=opening.terms_refusal_note)


def lapsed(opening: Opening, *, now: datetime) -> Message:
    """To the requester: nobody answered in time; the request can be made again."""
    return _send("lapsed", opening, to=opening.party(PartyRole.REQUESTER), now=now)


def closed(opening: Opening, *, now: datetime) -> Message:
    """To the requester of another claim: the company's access is open by another request."""
    return _send("closed", opening, to=opening.party(PartyRole.REQUESTER), now=now)


def objected(opening: Opening, *, by_email: str, note: str, now: datetime) -> Message:
    """To the Assistance: an objection froze the opening."""
    return outbox.queue(
        "opening/objected",
        to_address=brand.current().contact.assistance_email,
        to_name="",
        language=opening.language,
        context=_facts(opening) | {"cofor": opening.company.cofor, "by_email": by_email, "note": note},
        now=now,
        subject_key=opening.key,
        company_key=opening.company.key,
    )


def disputed(opening: Opening, *, now: datetime) -> Message:
    """To the requester: the request is in dispute, the Assistance settles it."""
    return _send("disputed", opening, to=opening.party(PartyRole.REQUESTER), now=now)


def held(opening: Opening, *, record_key: str, now: datetime) -> Message:
    """To the legal representative: accepted and kept; the PLSA named is being verified."""
    to = opening.party(PartyRole.REPRESENTATIVE)
    return _send("held", opening, to=to, now=now, attachments=_record(record_key))


def opened_representative(opening: Opening, *, record_key: str, now: datetime) -> Message:
    """To the legal representative: the access is open; the record as PDF and JSON (C8, I8)."""
    to = opening.party(PartyRole.REPRESENTATIVE)
    return _send("opened_representative", opening, to=to, now=now, attachments=_record(record_key))


def opened_plsa(opening: Opening, *, person: Person, link: Link, now: datetime) -> Message:
    """To the new PLSA: the login, the link to choose a password, what the role is (C8)."""
    to = opening.party(PartyRole.PLSA)
    return _send(
        "opened_plsa", opening, to=to, now=now, link=link, sensitive=True, login=person.login,
        expires_at=link.expires_at,
    )  # fmt: skip


def proposed_plsa(opening: Opening, *, person: Person, now: datetime) -> Message:
    """To a PLSA who has a login already: a mandate waits for the answer at the next sign-in (decision 27)."""
    return _send("proposed_plsa", opening, to=opening.party(PartyRole.PLSA), now=now, login=person.login)


def opened_requester(opening: Opening, *, now: datetime) -> Message:
    """To the requester: the access is open; ask the PLSA for a personal login."""
    return _send("opened_requester", opening, to=opening.party(PartyRole.REQUESTER), now=now)


def activation(*, person: Person, company_name: str, company_key: str, link: Link, now: datetime) -> Message:
    """To a PLSA who has not chosen a password yet: the activation link again."""
    return outbox.queue(
        "opening/activation",
        to_address=person.email,
        to_name=person.get_full_name(),
        language=person.language,
        context={"company_name": company_name, "login": person.login, "expires_at": link.expires_at},
        now=now,
        link=link,
        sensitive=True,
        subject_key=person.key,
        company_key=company_key,
        person_key=person.key,
    )


def _record(key: str) -> list[dict[str, str]]:
    return [{"source": "opening/record.pdf", "key": key}, {"source": "opening/record.json", "key": key}]


def refused_draft(opening: Opening, *, reason: RefusalReason, note: str) -> Message:
    """The mail that `refused` would send, for whoever decides to read it first. Neither saved nor sent."""
    to = opening.party(PartyRole.REQUESTER)
    context = _facts(opening) | {"refusal": reason.value, "note": note}
    return Message(
        kind="opening/refused", to_address=to.email, to_name=to.full_name, language=opening.language, context=context
    )
