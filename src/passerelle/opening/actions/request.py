"""Asking for access (C5, C10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from passerelle import brand
from passerelle.audit.tags import Tag
from passerelle.core.actor import SYSTEM, Actor
from passerelle.core.errors import Refused
from passerelle.core.keys import reference
from passerelle.core.sealing import digests
from passerelle.mail.addresses import fold
from passerelle.memberships.models import Access
from passerelle.opening import mails
from passerelle.opening.actions.base import PartyData, send_terms, set_party, tell_contacts, write
from passerelle.opening.enums import LIVING, Basis, OpeningState, PartyRole
from passerelle.opening.models import Opening
from passerelle.opening.rules import decide_basis
from passerelle.suppliers.models import Company, Site
from passerelle.suppliers.rules import match_contact, normalise_cofor, normalise_site


@dataclass(frozen=True, slots=True)
class RequestOutcome:
    """The opening, and whether this request made it or found the same person's earlier one."""

    opening: Opening
    created: bool


def dedup_keys(company_key: str, email: str) -> list[str]:
    """What one person's request for one company is found by: under the present secret key, which is kept, then under
    former ones."""
    return digests(f"opening:{company_key}:{fold(email)}")


def request_access(
    *,
    cofor: str,
    site_code: str,
    requester: PartyData,
    representative: PartyData,
    plsa: PartyData,
    language: str,
    actor: Actor,
    now: datetime,
) -> RequestOutcome:
    """Take in a request for access; it opens nothing by itself (decision 7).

    The same person's second request finds the first (`created` False); another person's is a second claim, queued
    beside the first. A request whose representative is matched to what is on record goes on at once: his mail leaves.
    Otherwise it waits for the Assistance. Contacts on record are told.

    Refuses `cofor_unknown`, `cofor_inactive` (field `cofor`), and `already_open`.
    """
    try:
        with transaction.atomic():
            return _request(cofor, site_code, requester, representative, plsa, language, actor, now)
    except IntegrityError:
        # The same person pressed twice at once: the table let one in, the other finds it.
        first = Opening.objects.filter(
            dedup_key__in=dedup_keys(_company(cofor).key, requester.email), state__in=LIVING
        ).first()
        if first is None:
            raise
        return RequestOutcome(first, created=False)


def _company(cofor: str) -> Company:
    company = Company.objects.filter(cofor=normalise_cofor(cofor)).first()
    if company is None:
        raise Refused("cofor_unknown", field="cofor")
    return company


def _request(
    cofor: str, site_code: str, requester: PartyData, representative: PartyData, plsa: PartyData, language: str,
    actor: Actor, now: datetime,
) -> RequestOutcome:  # fmt: skip
    company = _company(cofor)
    if not company.active:
        raise Refused("cofor_inactive", field="cofor")
    if Access.objects.filter(company=company).exists():
        raise Refused("already_open")
    dedup = dedup_keys(company.key, requester.email)
    first = Opening.objects.filter(dedup_key__in=dedup, state__in=LIVING).first()
    if first is not None:
        return RequestOutcome(first, created=False)
    policies = brand.current().policies
    same_mailbox = fold(representative.email) == fold(plsa.email)
    basis = decide_basis(
        policy=policies.opening_verification,
        match=match_contact(company, representative.email),
        same_mailbox=same_mailbox,
    )
    matched = basis is not Basis.NONE
    site = normalise_site(site_code)
    opening = Opening.objects.create(
        reference=reference("OP"),
        company=company,
        site_code=site,
        site_known=Site.objects.filter(company=company, code=site).exists() if site else None,
        language=language,
        state=OpeningState.AWAITING if matched else OpeningState.TO_VERIFY,
        state_since=now,
        requested_at=now,
        requested_from=actor.address,
        dedup_key=dedup[0],
        same_mailbox=same_mailbox,
        basis=basis,
        verified_at=now if matched else None,
        lapses_at=now + timedelta(days=policies.opening_lapse_days),
    )
    for role, data in (
        (PartyRole.REQUESTER, requester),
        (PartyRole.REPRESENTATIVE, representative),
        (PartyRole.PLSA, plsa),
    ):
        set_party(opening, role, data)
    write(opening, Tag.OPENING_REQUESTED, actor=actor, now=now, new={"same_mailbox": same_mailbox, "site": site})
    mails.received(opening, now=now)
    if matched:
        write(opening, Tag.OPENING_MATCHED, actor=SYSTEM, now=now, new={"basis": basis.value})
        tell_contacts(opening, step="terms_sent", now=now)
        send_terms(opening, actor=SYSTEM, now=now)
    else:
        tell_contacts(opening, step="received", now=now)
        mails.to_verify(opening, now=now)
    return RequestOutcome(opening, created=True)
