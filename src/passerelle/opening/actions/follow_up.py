"""What the public page offers where a company stands: the mail again, the activation again, a PLSA to be named."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from passerelle import brand
from passerelle.accounts.models import Person
from passerelle.audit.record import record
from passerelle.audit.tags import Tag
from passerelle.core.actor import Actor
from passerelle.core.errors import Refused
from passerelle.core.keys import reference
from passerelle.memberships.models import Access, Mandate
from passerelle.memberships.rules import mandate_in_force
from passerelle.opening import mails
from passerelle.opening.actions.base import PartyData, lock_opening, send_terms, set_party, write
from passerelle.opening.actions.completion import activation_link
from passerelle.opening.actions.request import dedup_keys
from passerelle.opening.enums import LIVING, Basis, OpeningKind, OpeningState, PartyRole
from passerelle.opening.models import Opening
from passerelle.opening.queries import analyse
from passerelle.suppliers.models import Company
from passerelle.terms.queries import current_version, latest_acceptance


@transaction.atomic
def resend_terms(*, opening_key: str, actor: Actor, now: datetime) -> Opening:
    """Send the representative's mail again, to the address on file; the earlier link is void (C6).

    The door counts how often (at most `resend` a day). Refuses `opening_move` unless it waits for him.
    """
    opening = lock_opening(opening_key)
    if opening.state != OpeningState.AWAITING:
        raise Refused("opening_move", state=opening.state)
    send_terms(opening, actor=actor, now=now)
    return opening


@transaction.atomic
def resend_activation(*, company_key: str, actor: Actor, now: datetime) -> int:
    """Send the activation link again to the PLSAs of a company who have not chosen a password yet; answers how many."""
    company = Company.objects.select_for_update(no_key=True).get(key=company_key)
    # Locked as `activate` locks them, so that nobody who has just chosen a password is sent another link.
    waiting = (
        Person.objects.select_for_update(no_key=True)
        .order_by("pk")
        .filter(
            activated_at__isnull=True,
            pk__in=Mandate.objects.filter(mandate_in_force(now), membership__company=company).values(
                "membership__person_id"
            ),
        )
    )
    sent = 0
    for person in waiting:
        link = activation_link(person, now=now)
        mails.activation(person=person, company_name=company.name, company_key=company.key, link=link, now=now)
        record(
            Tag.ACTIVATION_SENT, actor=actor, now=now, subject_key=person.key, company_key=company.key,
            person_key=person.key,
        )  # fmt: skip
        sent += 1
    return sent


def ask_designation(*, cofor: str, language: str, actor: Actor, now: datetime) -> Opening:
    """Write to the legal representative who accepted the terms: name a PLSA (check 6), or accept the newer terms
    (check 4). A mail on its way is sent again instead.

    Refuses `nothing_to_ask` unless the analysis stops at one of the two, and `no_representative` when no acceptance
    tells who he is: then the Assistance must act.
    """
    try:
        return _ask(cofor, actor, now)
    except IntegrityError:  # two at once: the other's mail has left
        return _ask(cofor, actor, now)


def ask_renewal(*, cofor: str, actor: Actor, now: datetime) -> Opening:
    """Write to the legal representative as soon as newer terms are in effect, before their deadline too (decision 31).

    Which people of the company may have it sent is the door's question. A mail on its way is sent again instead.
    Refuses `nothing_to_ask` unless there are newer terms than the accepted ones, and `no_representative`.
    """
    try:
        return _ask(cofor, actor, now, renewal=True)
    except IntegrityError:
        return _ask(cofor, actor, now, renewal=True)


@transaction.atomic
def _ask(cofor: str, actor: Actor, now: datetime, *, renewal: bool = False) -> Opening:
    # Not the key: an acceptance that holds the opening refers to the company, and would wait for us as we for it.
    company = Company.objects.select_for_update(no_key=True).filter(cofor=cofor).first()
    if company is None or not Access.objects.filter(company=company).exists():
        raise Refused("nothing_to_ask")
    kind = _newer(company, now) if renewal else _missing(company, now)
    if kind is None:
        raise Refused("nothing_to_ask")
    dedup = dedup_keys(f"{company.key}:{kind}", "")
    living = Opening.objects.filter(dedup_key__in=dedup, state__in=LIVING).first()
    if living is not None:
        return resend_terms(opening_key=living.key, actor=actor, now=now)
    signed = latest_acceptance(company)
    if signed is None:
        raise Refused("no_representative")
    opening = Opening.objects.create(
        reference=reference("OP"),
        kind=kind,
        company=company,
        language=signed.language,
        state=OpeningState.AWAITING,
        state_since=now,
        requested_at=now,
        requested_from=actor.address,
        dedup_key=dedup[0],
        basis=Basis.CONTACT,
        verified_at=now,
        lapses_at=now + timedelta(days=brand.current().policies.opening_lapse_days),
    )
    data = PartyData(signed.first_name, signed.last_name, signed.email, function=signed.function)
    set_party(opening, PartyRole.REPRESENTATIVE, data)
    set_party(opening, PartyRole.REQUESTER, data)
    write(opening, Tag.OPENING_REQUESTED, actor=actor, now=now, new={"kind": kind.value})
    send_terms(opening, actor=actor, now=now)
    return opening


def _missing(company: Company, now: datetime) -> OpeningKind | None:
    """What the analysis says that only the legal representative can give."""
    kinds = {
        "no_plsa": OpeningKind.DESIGNATION,
        "terms_not_accepted": OpeningKind.RENEWAL,
        "terms_link_expired": OpeningKind.RENEWAL,
    }
    return kinds.get(analyse(company.cofor, now=now).verdict.reason)


def _newer(company: Company, now: datetime) -> OpeningKind | None:
    signed, current = latest_acceptance(company), current_version(now)
    if current is None or (signed is not None and signed.version.number >= current.number):
        return None
    return OpeningKind.RENEWAL
