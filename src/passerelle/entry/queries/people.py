"""How somebody who acts stands to a person's login: the facts that `rules.may_do` judges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from passerelle.accounts.enums import Lifter, LoginState, PersonKind
from passerelle.accounts.models import EmailChange, FactorRemoval, Person, SecondFactor
from passerelle.accounts.queries import waiting_email_change
from passerelle.accounts.rules import may_use_login
from passerelle.core.actor import Actor, ActorKind
from passerelle.core.powers import Verb, may
from passerelle.entry.queries.gates import gate_facts
from passerelle.entry.rules import doors
from passerelle.entry.rules.diagnosis import Chain
from passerelle.entry.rules.people import Reach
from passerelle.limits import pauses
from passerelle.memberships import queries as memberships
from passerelle.memberships.models import Mandate, Membership
from passerelle.memberships.rules import mandate_in_force, may_act_for
from passerelle.suppliers.models import Company

STRANGERS = "sign_in"  # the lane of tries from browsers a login does not know


@dataclass(frozen=True, slots=True)
class Team:
    """A company and the membership by which somebody is its PLSA now."""

    company: Company
    plsa: Membership


def team_of(actor: Actor, company_key: str, now: datetime) -> Team | None:
    """The team that this person manages as a PLSA of this company now; None for everybody else."""
    if actor.kind is not ActorKind.PERSON or not actor.key:
        return None
    own = Membership.objects.filter(person__key=actor.key, company__key=company_key).select_related("company")
    found = memberships.team(own[0].company, now).filter(pk=own[0].pk).first() if own else None
    if found is None or not found.is_plsa or not may_use_login(found.person) or not may_act_for(found):  # type: ignore[attr-defined]
        return None
    return Team(found.company, found)


def reach_of_plsa(team: Team, person_key: str, now: datetime) -> Reach | None:
    """Somebody of the team; None for a key of any other company, and for one that never was."""
    member = memberships.team(team.company, now).filter(person__key=person_key).first()
    if member is None or member.person.kind != PersonKind.SUPPLIER:
        return None
    person = member.person
    return Reach(
        person=person,
        by=Lifter.PLSA,
        is_self=person.pk == team.plsa.person_id,
        membership=member,
        shared=memberships.is_shared(person, team.company),
        last_plsa=memberships.is_last_plsa(person, team.company, now),
        has_factor=has_factor(person),
        removal_waits=removal_of(person) is not None,
    )


def reach_of_staff(actor: Actor, person: Person, now: datetime) -> Reach | None:
    """A login as the Assistance stands to it; None without the power, which is another one for staff logins."""
    verb = Verb.MANAGE_STAFF if person.is_staff else Verb.MANAGE_PEOPLE
    if not may(actor, verb):
        return None
    return Reach(
        person=person,
        by=Lifter.ASSISTANCE,
        is_self=person.key == actor.key,
        has_factor=has_factor(person),
        removal_waits=removal_of(person) is not None,
        email_waits=email_asked_for(person, now) is not None,
    )


def has_factor(person: Person) -> bool:
    return SecondFactor.objects.filter(person=person).exists()


def removal_of(person: Person) -> FactorRemoval | None:
    """The removal of the second factor that waits, if somebody asked for one."""
    return FactorRemoval.objects.filter(person=person, cancelled_at__isnull=True, done_at__isnull=True).first()


def email_asked_for(person: Person, now: datetime) -> EmailChange | None:
    """The change of address that waits because the Assistance asked for it; the person's own wishes are their own."""
    change = waiting_email_change(person, now) if person.state != LoginState.DELETED else None
    return change if change is not None and change.effective_at is not None else None


def chain_of(person: Person, company: Company | None, now: datetime) -> Chain:
    """The facts around a person for `rules.diagnosis.explain`. With a company, nothing of another one is among them."""
    rows = [] if person.is_staff else _memberships(person, company, now)
    open_now = doors(rows)
    only = open_now[0].company if len(open_now) == 1 else None
    return Chain(
        memberships=rows,
        plsas=_plsas(rows, now),
        paused_until=pauses.peek(STRANGERS, person.login_key, now=now).paused_until,
        gates=gate_facts(person, open_now, only, factor="", now=now),
    )


def _memberships(person: Person, company: Company | None, now: datetime) -> list[Membership]:
    if company is None:
        return memberships.companies_of(person, now)
    return list(memberships.team(company, now).filter(person=person))


def _plsas(rows: list[Membership], now: datetime) -> dict[str, int]:
    """How many PLSAs count for each company, by its key; a company without one is there with none."""
    counts = {row.company.key: 0 for row in rows}
    held = Mandate.objects.filter(mandate_in_force(now), membership__company__in=[row.company_id for row in rows])
    for key, plsas in held.values_list("membership__company__key").annotate(Count("pk")).order_by():
        counts[key] = plsas
    return counts
