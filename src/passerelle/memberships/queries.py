"""Reading memberships and mandates, always scoped to a person or a company."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from django.db.models import Exists, OuterRef, Q, QuerySet

from passerelle.accounts.models import Person
from passerelle.core.prepared import Prepared
from passerelle.memberships.enums import EndReason, MandateKind, MandateState
from passerelle.memberships.models import Mandate, Membership
from passerelle.memberships.rules import NOT_COUNTING, mandate_in_force, mandate_runs, may_act_for
from passerelle.suppliers.models import Company

_M = TypeVar("_M", bound=Membership)


def _living_of(person: int, now: datetime) -> QuerySet[Membership]:
    mandates = Mandate.objects.filter(mandate_runs(now), membership=OuterRef("pk"))
    return (
        Membership.objects.filter(person=person, ended_at__isnull=True)
        .select_related("company", "company__access")
        .annotate(is_plsa=Exists(mandates))
        .order_by("company__name", "pk")
    )


_living: Prepared[Membership] = Prepared(_living_of, person=int, now=datetime)


def of_person(person: Person, now: datetime) -> list[Membership]:
    """The living memberships of a person, each with its company, access and `is_plsa`, by name.

    One that is only proposed is among them for those alone who have no other door: they enter by it to answer.
    """
    found = _living(person=person.pk, now=now)
    for membership in found:
        membership.person = person
        holds = getattr(membership, "is_plsa")  # noqa: B009  an annotation, which the model does not know of
        setattr(membership, "is_plsa", holds and person.state not in NOT_COUNTING)  # noqa: B010
    return _without_proposals(found)


def _without_proposals(memberships: Iterable[_M]) -> list[_M]:
    """Leave out those that are only proposed, unless nothing else lets the person in."""
    own = [membership for membership in memberships if not membership.only_proposed]
    return own if any(may_act_for(membership) for membership in own) else list(memberships)


def plsas_of(company: Company, now: datetime) -> list[Person]:
    """The persons whose mandate counts now."""
    mandates = Mandate.objects.filter(mandate_in_force(now), membership__company=company)
    return [m.membership.person for m in mandates.select_related("membership__person").order_by("pk")]


def plsas_beside(person: Person, now: datetime) -> list[tuple[Person, Company]]:
    """The PLSAs of the companies a person belongs to, without the person: each once, with the first such company."""
    found: dict[int, tuple[Person, Company]] = {}
    for membership in of_person(person, now):
        if not membership.only_proposed:
            for plsa in plsas_of(membership.company, now):
                found.setdefault(plsa.pk, (plsa, membership.company))
    found.pop(person.pk, None)
    return list(found.values())


def proposed_to(person: Person) -> QuerySet[Mandate]:
    """Mandates that wait for this person's answer."""
    return Mandate.objects.filter(
        membership__person=person, membership__ended_at__isnull=True, state=MandateState.PROPOSED
    ).select_related("membership__company")


def team(company: Company, now: datetime) -> QuerySet[Membership]:
    """The people of a company as its PLSAs manage them: living memberships and those a PLSA suspended, with
    `is_plsa`, by name. A person of another company is never among them, nor one who has yet to answer a proposal."""
    return (
        _managed(now)
        .filter(only_proposed=False, company=company)
        .order_by("person__last_name", "person__first_name", "pk")
    )


def companies_of(person: Person, now: datetime) -> list[Membership]:
    """The companies that count on a person: as `of_person`, with those where a PLSA suspended them."""
    return _without_proposals(_managed(now).filter(person=person).order_by("company__name", "pk"))


def _managed(now: datetime) -> QuerySet[Membership]:
    mandates = Mandate.objects.filter(mandate_in_force(now), membership=OuterRef("pk"))
    return (
        Membership.objects.filter(Q(ended_at__isnull=True) | Q(end_reason=EndReason.SUSPENDED))
        .select_related("person", "company", "company__access")
        .annotate(is_plsa=Exists(mandates))
    )


def is_shared(person: Person, company: Company) -> bool:
    """Whether another company counts on this login too, one whose PLSA suspended the person there included.

    A proposal that waits for its answer makes none shared: no company weakens another one's PLSA by naming somebody.
    """
    counting = Q(ended_at__isnull=True) | Q(end_reason=EndReason.SUSPENDED)
    return Membership.objects.filter(counting, only_proposed=False, person=person).exclude(company=company).exists()


def is_last_plsa(person: Person, company: Company, now: datetime) -> bool:
    """Whether the person holds the company's only mandate of PLSA that counts now; substitutes hold another kind."""
    holders = Mandate.objects.filter(mandate_in_force(now), membership__company=company, kind=MandateKind.PLSA)
    return set(holders.values_list("membership__person_id", flat=True)) == {person.pk}


def of_company(company: Company, now: datetime) -> QuerySet[Membership]:
    """The living memberships of a company, each with its person and `is_plsa`; PLSAs first. Who has yet to answer a
    proposal is not among them."""
    mandates = Mandate.objects.filter(mandate_in_force(now), membership=OuterRef("pk"))
    return (
        Membership.objects.filter(only_proposed=False, company=company, ended_at__isnull=True)
        .select_related("person")
        .annotate(is_plsa=Exists(mandates))
        .order_by("-is_plsa", "person__last_name", "pk")
    )
