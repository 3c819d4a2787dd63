"""What the actions share: locking, advancing, sending the terms. Used inside an action's transaction only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from passerelle import brand
from passerelle.audit.record import record
from passerelle.audit.tags import Tag
from passerelle.core.actor import Actor
from passerelle.core.errors import Refused
from passerelle.mail import links
from passerelle.mail.addresses import fold
from passerelle.mail.models import Link
from passerelle.opening import mails
from passerelle.opening.enums import OpeningKind, OpeningState, PartyRole, Step
from passerelle.opening.models import Opening, Party
from passerelle.opening.rules import next_state

TERMS, OBJECTION, ACTIVATION, DESIGNATION = "terms", "objection", "activation", "designation"


@dataclass(frozen=True, slots=True)
class PartyData:
    """A person as typed in a form."""

    first_name: str
    last_name: str
    email: str
    phone: str = ""
    function: str = ""


def lock_opening(key: str) -> Opening:
    """The opening, locked, with its company and people. Refuses `opening_unknown`."""
    found = Opening.objects.select_for_update(of=("self",)).select_related("company").filter(key=key).first()
    if found is None:
        raise Refused("opening_unknown")
    return found


def advance(
    opening: Opening, step: Step, *, tag: Tag, actor: Actor, now: datetime, new: dict[str, Any] | None = None
) -> None:
    """Move an opening one step by the table of states, and write the line of the trail. The caller saves nothing."""
    was = OpeningState(opening.state)
    opening.state = next_state(was, step)
    opening.state_since = now
    opening.save()
    write(opening, tag, actor=actor, now=now, old={"state": was.value}, new={"state": opening.state} | (new or {}))


def write(
    opening: Opening, tag: Tag, *, actor: Actor, now: datetime, old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    record(
        tag, actor=actor, now=now, subject_key=opening.key, company_key=opening.company.key, old=old,
        new={"reference": opening.reference} | (new or {}),
    )  # fmt: skip


def set_party(opening: Opening, role: PartyRole, data: PartyData) -> Party:
    party, _ = Party.objects.update_or_create(
        opening=opening,
        role=role,
        defaults={
            "first_name": data.first_name,
            "last_name": data.last_name,
            "email": data.email,
            "email_key": fold(data.email),
            "phone": data.phone,
            "function": data.function,
        },
    )
    return party


def issue_terms_link(opening: Opening, *, now: datetime) -> Link:
    """A fresh link for the representative; the earlier one is void from now on (C6)."""
    purpose = DESIGNATION if opening.kind == OpeningKind.DESIGNATION else TERMS
    return links.issue(
        purpose,
        subject_key=opening.key,
        recipient=opening.party(PartyRole.REPRESENTATIVE).email,
        expires_at=now + timedelta(days=brand.current().policies.link_days),
        now=now,
    )


def send_terms(opening: Opening, *, actor: Actor, now: datetime) -> None:
    """Send the representative the mail of this opening with a fresh link, and note when."""
    link = issue_terms_link(opening, now=now)
    opening.terms_link, opening.terms_sent_at = link, now
    opening.save(update_fields=["terms_link", "terms_sent_at"])
    send = mails.designation if opening.kind == OpeningKind.DESIGNATION else mails.terms
    send(opening, link=link, now=now)
    write(opening, Tag.OPENING_TERMS_SENT, actor=actor, now=now, new={"expires_at": link.expires_at})


def void_terms_link(opening: Opening, *, now: datetime) -> None:
    links.void(TERMS, opening.key, now=now)
    links.void(DESIGNATION, opening.key, now=now)


def tell_contacts(opening: Opening, *, step: str, now: datetime) -> None:
    """Tell the company's contacts on record what happens, each with a link to object (decision 7).

    The representative of this opening is told by the opening's own mails. At most ten contacts are written to.
    """
    own = {party.email_key for party in opening.parties.all() if party.role == PartyRole.REPRESENTATIVE}
    for contact in opening.company.contacts.exclude(email_key__in=own).order_by("pk")[:10]:
        link = links.issue(
            OBJECTION,
            subject_key=f"{opening.key}:{contact.pk}"[:40],
            recipient=contact.email,
            expires_at=now + timedelta(days=brand.current().policies.link_days),
            now=now,
        )
        mails.notice(opening, to_address=contact.email, link=link, step=step, now=now)
