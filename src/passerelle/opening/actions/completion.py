"""Opening the access itself: company, login, mandate, mails, all in the caller's transaction (C8)."""

from __future__ import annotations

from datetime import datetime, timedelta

from passerelle import brand
from passerelle.accounts import actions as accounts
from passerelle.accounts import queries as persons
from passerelle.accounts.enums import PersonKind
from passerelle.accounts.models import Person
from passerelle.audit.tags import Tag
from passerelle.core.actor import Actor
from passerelle.core.errors import Refused
from passerelle.mail import links
from passerelle.mail.models import Link
from passerelle.memberships import actions as memberships
from passerelle.memberships.models import Access
from passerelle.opening import mails
from passerelle.opening.actions.base import ACTIVATION, advance, tell_contacts
from passerelle.opening.actions.records import make_record
from passerelle.opening.enums import LIVING, OpeningKind, PartyRole, Step
from passerelle.opening.models import Opening, RecordStage


def open_access(opening: Opening, *, actor: Actor, now: datetime) -> Opening:
    """Open the company's access and give its PLSA a login. Refuses `already_open`, `cofor_inactive` and `plsa_staff`.

    A person who has a login already gets a proposed mandate (decision 27); otherwise a login is born, with a mandate
    in force and an activation link by mail.
    """
    company = opening.company
    if not company.active:
        raise Refused("cofor_inactive")
    if opening.kind == OpeningKind.OPENING:
        memberships.open_company(company_id=company.pk, company_key=company.key, actor=actor, now=now)
    elif not Access.objects.filter(company=company).exists():
        raise Refused("not_open")
    opening.opened_at = now
    if opening.kind != OpeningKind.RENEWAL:
        _appoint_plsa(opening, actor=actor, now=now)
    advance(opening, Step.OPEN, tag=Tag.OPENING_COMPLETED, actor=actor, now=now)
    record = make_record(opening, RecordStage.OPENED, now=now)
    mails.opened_representative(opening, record_key=record.key, now=now)
    if opening.kind == OpeningKind.OPENING:
        requester, representative = opening.party(PartyRole.REQUESTER), opening.party(PartyRole.REPRESENTATIVE)
        if requester.email_key not in {representative.email_key, opening.party(PartyRole.PLSA).email_key}:
            mails.opened_requester(opening, now=now)
    tell_contacts(opening, step="opened", now=now)
    return opening


def _appoint_plsa(opening: Opening, *, actor: Actor, now: datetime) -> None:
    company = opening.company
    person, known = _person_of(opening, actor=actor, now=now)
    if person.kind == PersonKind.STAFF:
        raise Refused("plsa_staff")
    membership = memberships.join(
        person_id=person.pk, person_key=person.key, company_id=company.pk, company_key=company.key, actor=actor, now=now
    )
    memberships.appoint(
        membership=membership, person_key=person.key, company_key=company.key, proposed=known, actor=actor, now=now
    )
    opening.plsa_person = person
    if known:
        mails.proposed_plsa(opening, person=person, now=now)
    else:
        link = activation_link(person, now=now)
        mails.opened_plsa(opening, person=person, link=link, now=now)


def _person_of(opening: Opening, *, actor: Actor, now: datetime) -> tuple[Person, bool]:
    """The login of the PLSA, and whether it was there before. Two companies that name the same person at one instant
    make one login: who comes second finds the first one's."""
    party = opening.party(PartyRole.PLSA)
    if found := persons.living_by_email(party.email):
        return found, True
    try:
        person = accounts.create_login(
            first_name=party.first_name, last_name=party.last_name, email=party.email, phone=party.phone,
            function=party.function, language=opening.language, actor=actor, now=now, company_key=opening.company.key,
        )  # fmt: skip
    except Refused:
        found = persons.living_by_email(party.email)
        if found is None:
            raise
        return found, True
    return person, False


def activation_link(person: Person, *, now: datetime) -> Link:
    """A fresh link to choose the first password; earlier ones are void."""
    return links.issue(
        ACTIVATION,
        subject_key=person.key,
        recipient=person.email,
        expires_at=now + timedelta(days=brand.current().policies.activation_link_days),
        now=now,
    )


def close_others(company_id: int, *, actor: Actor, now: datetime) -> int:
    """Close the other living claims on a company once a PLSA of it is active (decision 7); answers how many."""
    closed = 0
    others = Opening.objects.select_for_update(of=("self",)).select_related("company")
    for opening in others.filter(company_id=company_id, state__in=LIVING, kind=OpeningKind.OPENING):
        links.void("terms", opening.key, now=now)
        advance(opening, Step.CLOSE, tag=Tag.OPENING_CLOSED, actor=actor, now=now)
        mails.closed(opening, now=now)
        closed += 1
    return closed
