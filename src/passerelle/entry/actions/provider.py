"""Which member of staff the group's own OpenID provider means (decision 3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from passerelle.accounts.actions import link_identity
from passerelle.accounts.models import Person
from passerelle.accounts.queries import holder_of_identity, living_by_email
from passerelle.core.actor import Actor
from passerelle.core.errors import Refused
from passerelle.entry.rules import may_enter


@dataclass(frozen=True, slots=True)
class Recognised:
    """The person meant, and why they may not enter; empty when they may. Nobody is named who is not staff."""

    person: Person | None
    reason: str = ""


@transaction.atomic
def recognise(
    *, issuer: str, subject: str, email: str, email_verified: bool, actor: Actor, now: datetime
) -> Recognised:
    """The member of staff linked to a subject; else, once, the one whose registered address the provider verified, who
    is linked from then on. Nobody is created, and a supplier's login never enters this way."""
    holder = holder_of_identity(issuer, subject)
    if holder is not None:
        entering = may_enter(holder, [])
        return Recognised(holder, "" if entering else entering.reason)
    if not email_verified:
        return Recognised(None, "provider_unverified")
    person = living_by_email(email) if email else None
    if person is None or not person.is_staff or person.email.casefold() != email.casefold():
        return Recognised(None, "provider_unknown")
    entering = may_enter(person, [])
    if not entering:
        return Recognised(person, entering.reason)
    try:
        link_identity(person_id=person.pk, issuer=issuer, subject=subject, actor=actor, now=now)
    except Refused:
        same = holder_of_identity(issuer, subject) == person  # another tab of the same sign-in was quicker
        return Recognised(person, "" if same else "provider_changed")
    return Recognised(person)
