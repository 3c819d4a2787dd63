"""What the legal representative and the new PLSA do with the links they received (C7, C8)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from passerelle import brand
from passerelle.accounts import actions as accounts
from passerelle.accounts.models import Person
from passerelle.audit.tags import Tag
from passerelle.core.actor import Actor
from passerelle.core.errors import Refused
from passerelle.mail import links
from passerelle.mail.addresses import fold
from passerelle.mail.models import Link
from passerelle.memberships.models import Access, Mandate
from passerelle.memberships.rules import mandate_in_force
from passerelle.opening import mails
from passerelle.opening.actions.base import PartyData, advance, lock_opening, set_party, write
from passerelle.opening.actions.completion import close_others, open_access
from passerelle.opening.actions.records import make_record
from passerelle.opening.enums import OpeningKind, OpeningState, PartyRole, Step
from passerelle.opening.models import Objection, Opening, Party, RecordStage
from passerelle.suppliers.rules import match_contact, normalise_cofor
from passerelle.terms import actions as terms
from passerelle.terms.models import Text


def _take(link_key: str, *, cofor: str | None, now: datetime) -> tuple[Link, Opening]:
    """Lock the opening a link leads to, and check both still stand. `cofor` proves who presses (C7).

    The opening is locked before the link is spent, in the order the desk takes them, so that the two never wait for
    each other.
    """
    link = links.get(link_key)
    opening = lock_opening(link.subject_key)
    if cofor is not None and normalise_cofor(cofor) != opening.company.cofor:
        raise Refused("cofor_mismatch", field="cofor")
    links.spend(link, now=now)
    if opening.state != OpeningState.AWAITING:
        raise Refused("opening_move", state=opening.state)
    if opening.kind == OpeningKind.OPENING and Access.objects.filter(company=opening.company).exists():
        raise Refused("already_open")
    if not opening.company.active:
        raise Refused("cofor_inactive")
    return link, opening


@transaction.atomic
def accept_terms(
    *,
    link_key: str,
    cofor: str,
    text_id: int,
    corrected_plsa: PartyData | None,
    language: str,
    actor: Actor,
    now: datetime,
) -> Opening:
    """Accept the terms for the company and confirm, or correct, its PLSA (C7); then the access opens (C8).

    All in one transaction: acceptance kept as evidence, access, login, mandate, record, mails. A corrected PLSA whose
    mailbox is not on record is verified by the Assistance first: the opening is then `held`.
    Refuses `cofor_mismatch` (field `cofor`; the link is not spent), `link_used|expired|superseded`, `opening_move`,
    `terms_newer`, `already_open`, `cofor_inactive`, `plsa_staff`.
    """
    _, opening = _take(link_key, cofor=cofor, now=now)
    representative = opening.party(PartyRole.REPRESENTATIVE)
    opening.acceptance = terms.accept(
        company=opening.company,
        text=Text.objects.select_related("version").get(pk=text_id),
        by=terms.Signatory(
            representative.first_name, representative.last_name, representative.function, representative.email
        ),
        language=language,
        subject_key=opening.key,
        actor=actor,
        now=now,
    )
    opening.accepted_at = now
    opening.save(update_fields=["acceptance", "accepted_at"])
    if corrected_plsa is not None and opening.kind == OpeningKind.OPENING:
        _correct_plsa(opening, corrected_plsa, actor=actor, now=now)
    return _open_or_hold(opening, actor=actor, now=now)


def _correct_plsa(opening: Opening, data: PartyData, *, actor: Actor, now: datetime) -> None:
    before = Party.objects.filter(opening=opening, role=PartyRole.PLSA).first()
    set_party(opening, PartyRole.PLSA, data)
    opening.plsa_corrected = True
    opening.save(update_fields=["plsa_corrected"])
    write(
        opening, Tag.OPENING_PLSA_CORRECTED, actor=actor, now=now,
        old={"plsa": f"{before.full_name} <{before.email}>"} if before else None,
        new={"plsa": f"{data.first_name} {data.last_name} <{data.email}>"},
    )  # fmt: skip


def _open_or_hold(opening: Opening, *, actor: Actor, now: datetime) -> Opening:
    """Open at once, or hold for the Assistance when the representative named a PLSA nobody has verified."""
    if opening.plsa_corrected and not _plsa_believed(opening):
        advance(opening, Step.HOLD, tag=Tag.OPENING_PLSA_CORRECTED, actor=actor, now=now)
        record = make_record(opening, RecordStage.ACCEPTED, now=now)
        mails.held(opening, record_key=record.key, now=now)
        mails.to_verify(opening, now=now)
        return opening
    return open_access(opening, actor=actor, now=now)


def _plsa_believed(opening: Opening) -> bool:
    policy = brand.current().policies.opening_verification
    if policy != "unmatched":
        return policy == "never"
    plsa, representative = opening.party(PartyRole.PLSA), opening.party(PartyRole.REPRESENTATIVE)
    if fold(plsa.email) == fold(representative.email):
        return False
    return match_contact(opening.company, plsa.email) is not None


@transaction.atomic
def designate(*, link_key: str, cofor: str, plsa: PartyData, actor: Actor, now: datetime) -> Opening:
    """Name a PLSA for a company that has none, by the link of the designation mail. Held unless the mailbox is on
    record. Refuses as `accept_terms` does."""
    _, opening = _take(link_key, cofor=cofor, now=now)
    if opening.kind != OpeningKind.DESIGNATION:
        raise Refused("opening_move", state=opening.state)
    opening.accepted_at = now
    _correct_plsa(opening, plsa, actor=actor, now=now)
    opening.save(update_fields=["accepted_at"])
    return _open_or_hold(opening, actor=actor, now=now)


@transaction.atomic
def refuse_terms(*, link_key: str, note: str, actor: Actor, now: datetime) -> Opening:
    """The representative does not accept; the link is spent and the requester told."""
    _, opening = _take(link_key, cofor=None, now=now)
    opening.terms_refusal_note = note
    advance(opening, Step.REFUSE_TERMS, tag=Tag.OPENING_TERMS_REFUSED, actor=actor, now=now, new={"note": note})
    mails.terms_refused(opening, now=now)
    return opening


@transaction.atomic
def disown(*, link_key: str, note: str, actor: Actor, now: datetime) -> Opening:
    """The person written to is not the legal representative: the opening is in dispute, the Assistance looks."""
    link, opening = _take(link_key, cofor=None, now=now)
    Objection.objects.create(opening=opening, by_email=link.recipient, note=note, raised_at=now)
    advance(opening, Step.DISOWN, tag=Tag.OPENING_DISOWNED, actor=actor, now=now, new={"note": note})
    mails.objected(opening, by_email=link.recipient, note=note, now=now)
    return opening


def activate(*, link_key: str, password: str, actor: Actor, now: datetime) -> Person:
    """Choose the first password by the activation link. Other claims on the companies of this PLSA are closed.

    Refuses `password` (fact `faults`; the link is not spent), `link_…`, `login_closed`.
    """
    link = links.get(link_key)
    person = Person.objects.filter(key=link.subject_key).first()
    if person is None:
        raise Refused("link_unknown")
    links.refuse_ended(link, now=now)
    return accounts.with_prepared(
        lambda ready: _activate(link, person.pk, ready, actor, now), person=person, password=password
    )


@transaction.atomic
def _activate(link: Link, person_id: int, ready: accounts.Prepared, actor: Actor, now: datetime) -> Person:
    person = accounts.lock(person_id)
    links.spend(link, now=now)
    person = accounts.keep_password(person_id=person.pk, ready=ready, actor=actor, now=now)
    mandates = Mandate.objects.filter(mandate_in_force(now), membership__person=person)
    for company_id in mandates.values_list("membership__company_id", flat=True):
        close_others(company_id, actor=actor, now=now)
    return person
