"""Mandates: what may follow what, who answers a proposal, and when one counts."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from passerelle.accounts import actions as accounts
from passerelle.accounts.enums import LoginState, StateReason
from passerelle.accounts.models import Person
from passerelle.core.actor import SYSTEM
from passerelle.core.errors import Refused
from passerelle.memberships import actions
from passerelle.memberships.enums import MOVES, MandateState
from passerelle.memberships.models import Access, Mandate, Membership
from passerelle.memberships.queries import plsas_of, proposed_to
from passerelle.memberships.rules import may_act_for
from passerelle.suppliers.models import Company
from tests import cast

pytestmark = pytest.mark.django_db
M = MandateState


def person(now: datetime, email: str = "paula@fournier.example") -> Person:
    return accounts.create_login(
        first_name="Paula", last_name="Plsa", email=email, language="en", actor=SYSTEM, now=now
    )


def member(company: Company, who: Person, now: datetime) -> Membership:
    return actions.join(
        person_id=who.pk, person_key=who.key, company_id=company.pk, company_key=company.key, actor=SYSTEM, now=now
    )


def mandate(company: Company, who: Person, now: datetime, *, proposed: bool = False) -> Mandate:
    return actions.appoint(
        membership=member(company, who, now), person_key=who.key, company_key=company.key, proposed=proposed,
        actor=SYSTEM, now=now,
    )  # fmt: skip


def lead(company: Company, who: Person, state: MandateState, now: datetime) -> Mandate:
    made = mandate(company, who, now, proposed=state in {M.PROPOSED, M.DECLINED})
    if state is M.DECLINED:
        actions.answer_mandate(mandate_key=made.key, person_id=who.pk, accept=False, actor=SYSTEM, now=now)
    if state is M.ENDED:
        actions.end_mandates(company_id=company.pk, company_key=company.key, reason="x", actor=SYSTEM, now=now)
    return Mandate.objects.get(pk=made.pk)


@pytest.mark.parametrize("was", MandateState)
@pytest.mark.parametrize("to", [M.IN_FORCE, M.DECLINED, M.ENDED])
def test_a_mandate_moves_as_the_table_says(was: MandateState, to: MandateState, now: datetime) -> None:
    company, who = cast.company(now), person(now)
    made = lead(company, who, was, now)
    assert made.state == was
    if to is M.ENDED:
        ended = actions.end_mandates(
            company_id=company.pk, company_key=company.key, reason="moved", actor=SYSTEM, now=now
        )
        assert ended == (to in MOVES[was])
    else:
        accept = to is M.IN_FORCE
        if to in MOVES[was]:
            actions.answer_mandate(mandate_key=made.key, person_id=who.pk, accept=accept, actor=SYSTEM, now=now)
        else:
            with pytest.raises(Refused, match="mandate_answered"):
                actions.answer_mandate(mandate_key=made.key, person_id=who.pk, accept=accept, actor=SYSTEM, now=now)
    assert Mandate.objects.get(pk=made.pk).state == (to if to in MOVES[was] else was)


def test_nobody_answers_another_person_s_proposal(now: datetime) -> None:
    company, who = cast.company(now), person(now)
    made = mandate(company, who, now, proposed=True)
    stranger = person(now, "stranger@elsewhere.example")
    with pytest.raises(Refused, match="mandate_unknown"):
        actions.answer_mandate(mandate_key=made.key, person_id=stranger.pk, accept=True, actor=SYSTEM, now=now)
    assert list(proposed_to(who)) == [made]
    assert not list(proposed_to(stranger))


def test_a_second_plsa_stands_beside_the_first(now: datetime) -> None:
    company, first, second = cast.company(now), person(now), person(now, "second@fournier.example")
    mandate(company, first, now)
    mandate(company, second, now)
    assert plsas_of(company, now) == [first, second]
    accounts.change_state(
        person_id=first.pk, to=LoginState.DELETED, reason=StateReason.BY_ASSISTANCE, actor=SYSTEM, now=now
    )
    assert plsas_of(company, now) == [second]


def test_appointing_twice_is_one_living_mandate(now: datetime) -> None:
    company, who = cast.company(now), person(now)
    assert mandate(company, who, now) == mandate(company, who, now, proposed=True)
    assert Mandate.objects.count() == 1


@pytest.mark.parametrize(
    ("state", "counts"),
    [
        (LoginState.ACTIVE, True),
        (LoginState.BLOCKED, True),
        (LoginState.SUSPENDED, False),
        (LoginState.DELETED, False),
    ],
)
def test_a_mandate_counts_while_its_login_lives_and_is_not_suspended(
    state: LoginState, counts: bool, now: datetime
) -> None:
    # decision 31, check 6
    company, who = cast.company(now), person(now)
    mandate(company, who, now)
    if state is not LoginState.ACTIVE:
        accounts.change_state(person_id=who.pk, to=state, reason=StateReason.BY_ASSISTANCE, actor=SYSTEM, now=now)
    assert bool(plsas_of(company, now)) is counts


def test_a_mandate_counts_between_its_dates_only(now: datetime) -> None:
    company, who = cast.company(now), person(now)
    made = mandate(company, who, now)
    Mandate.objects.filter(pk=made.pk).update(starts_at=now, ends_at=now + timedelta(days=2))
    days = [bool(plsas_of(company, now + timedelta(days=day))) for day in (-1, 0, 1, 2, 3)]
    assert days == [False, True, True, False, False]


def test_an_ended_membership_ends_its_mandate_s_effect_and_can_come_back(now: datetime) -> None:
    company, who = cast.company(now), person(now)
    made = mandate(company, who, now)
    Membership.objects.filter(pk=made.membership_id).update(ended_at=now)
    assert plsas_of(company, now) == []
    again = member(company, who, now)
    assert (again.pk, again.ended_at) == (made.membership_id, None)
    assert plsas_of(company, now) == [who]


def test_a_membership_lets_in_while_company_and_access_do(now: datetime) -> None:
    # H4
    company, who = cast.company(now), person(now)
    membership = member(company, who, now)
    assert may_act_for(membership).reason == "access_not_open"
    actions.open_company(company_id=company.pk, company_key=company.key, actor=SYSTEM, now=now)
    assert may_act_for(Membership.objects.get()).reason == "member"
    with pytest.raises(Refused, match="already_open"):
        actions.open_company(company_id=company.pk, company_key=company.key, actor=SYSTEM, now=now)
    actions.suspend_access(company_id=company.pk, reason="unpaid", actor=SYSTEM, now=now)
    assert may_act_for(Membership.objects.get()).reason == "access_suspended"
    with pytest.raises(Refused, match="already_suspended"):
        actions.suspend_access(company_id=company.pk, reason="again", actor=SYSTEM, now=now)
    actions.resume_access(company_id=company.pk, actor=SYSTEM, now=now)
    with pytest.raises(Refused, match="not_suspended"):
        actions.resume_access(company_id=company.pk, actor=SYSTEM, now=now)
    Company.objects.update(active=False, closed_at=now)
    assert may_act_for(Membership.objects.get()).reason == "company_closed"
    Membership.objects.update(ended_at=now)
    assert may_act_for(Membership.objects.get()).reason == "membership_ended"
    assert Access.objects.count() == 1
