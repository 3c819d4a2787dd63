"""What the gates ask of the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef, Subquery

from passerelle.accounts.models import Person, SecondFactor
from passerelle.entry.rules import GateFacts
from passerelle.memberships.models import Membership
from passerelle.suppliers.models import Company
from passerelle.terms.models import Acceptance, Audience, PersonAcceptance
from passerelle.terms.queries import numbers_in_effect, numbers_past_their_deadline
from passerelle.terms.rules import Standing


def gate_facts(
    person: Person, doors: Sequence[Membership], company: Company | None, *, factor: str, now: datetime
) -> GateFacts:
    """What the gates are judged by, in one query. `doors` are the memberships that let in, with their `is_plsa`;
    `company` is the one this session acts for, None before it is chosen."""
    mine = PersonAcceptance.objects.filter(person=OuterRef("pk")).order_by("-version__number")
    signed = Acceptance.objects.filter(company=company.pk if company else 0).order_by("-accepted_at", "-pk")
    questions = {
        "has_factor": Exists(SecondFactor.objects.filter(person=OuterRef("pk"))),
        "own_current": Subquery(numbers_in_effect(Audience.PERSON, now)[:1]),
        "own_required": Subquery(numbers_past_their_deadline(Audience.PERSON, now)[:1]),
        "own_accepted": Subquery(mine.values("version__number")[:1]),
        "current": Subquery(numbers_in_effect(Audience.COMPANY, now)[:1]),
        "required": Subquery(numbers_past_their_deadline(Audience.COMPANY, now)[:1]),
        "accepted": Subquery(signed.values("version__number")[:1]),
    }
    found = Person.objects.filter(pk=person.pk).annotate(**questions).values(*questions).get()
    if person.is_staff:
        return GateFacts(factor=factor, has_factor=found["has_factor"])
    return GateFacts(
        factor=factor,
        has_factor=found["has_factor"],
        is_plsa=any(membership.is_plsa for membership in doors),  # type: ignore[attr-defined]
        companies=len(doors),
        chosen=company is not None,
        own_terms=Standing(found["own_current"], found["own_required"], found["own_accepted"], first_is_due=True),
        company_terms=Standing(found["current"], found["required"], found["accepted"]) if company else None,
    )
