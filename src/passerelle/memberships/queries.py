"""Reading memberships and mandates, always scoped to a person or a company."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from passerelle.accounts.models import Person
from passerelle.memberships.enums import MandateState
from passerelle.memberships.models import Mandate, Membership
from passerelle.memberships.rules import mandate_in_force
from passerelle.suppliers.models import Company


def of_person(person: Person, now: datetime) -> QuerySet[Membership]:
    """The living memberships of a person, each with its company, access and `is_plsa`."""
    mandates = Mandate.objects.filter(mandate_in_force(now), membership=OuterRef("pk"))
    return (
        Membership.objects.filter(person=person, ended_at__isnull=True)
        .select_related("company", "company__access", "person")
        .annotate(is_plsa=Exists(mandates))
        .order_by("company__name", "pk")
    )


def plsas_of(company: Company, now: datetime) -> list[Person]:
    """The persons whose mandate counts now."""
    mandates = Mandate.objects.filter(mandate_in_force(now), membership__company=company)
    return [m.membership.person for m in mandates.select_related("membership__person").order_by("pk")]


def proposed_to(person: Person) -> QuerySet[Mandate]:
    """Mandates that wait for this person's answer."""
    return Mandate.objects.filter(membership__person=person, state=MandateState.PROPOSED).select_related(
        "membership__company"
    )


def of_company(company: Company, now: datetime) -> QuerySet[Membership]:
    """The living memberships of a company, each with its person and `is_plsa`; PLSAs first."""
    mandates = Mandate.objects.filter(mandate_in_force(now), membership=OuterRef("pk"))
    return (
        Membership.objects.filter(company=company, ended_at__isnull=True)
        .select_related("person")
        .annotate(is_plsa=Exists(mandates))
        .order_by("-is_plsa", "person__last_name", "pk")
    )
