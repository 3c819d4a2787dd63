"""A proposal ties nobody to a company before it is taken: what it makes counts for nothing, and ends with it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine

from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.core.actor import SYSTEM
from passerelle.entry.actions.devices import block_for_former_password
from passerelle.entry.queries.people import reach_of_plsa, team_of
from passerelle.mail.models import Message
from passerelle.memberships import actions
from passerelle.memberships.enums import EndReason, MandateState
from passerelle.memberships.models import Mandate
from passerelle.memberships.queries import companies_of, is_shared, of_company, of_person, proposed_to, team
from passerelle.suppliers.models import Company
from tests.teams import Teams

pytestmark = pytest.mark.django_db


@pytest.fixture
def teams(now: datetime) -> Teams:
    return Teams(now)


@pytest.fixture
def later(now: datetime) -> datetime:
    return now + timedelta(hours=1)


def propose(teams: Teams, name: str, company: Company, now: datetime) -> Mandate:
    """As the opening of `company` does that names an address which has a login."""
    person = teams.people[name]
    membership = actions.join(
        person_id=person.pk, person_key=person.key, company_id=company.pk, company_key=company.key, actor=SYSTEM,
        now=now,
    )  # fmt: skip
    return actions.appoint(
        membership=membership, person_key=person.key, company_key=company.key, proposed=True, actor=SYSTEM, now=now
    )


def answer(teams: Teams, mandate: Mandate, name: str, now: datetime, *, accept: bool) -> None:
    actions.answer_mandate(
        mandate_key=mandate.key, person_id=teams.people[name].pk, accept=accept, actor=teams.actor(name), now=now
    )


def companies(teams: Teams, name: str, now: datetime) -> set[str]:
    return {row.company.key for row in of_person(teams.people[name], now)}


def test_a_company_gets_no_acts_on_a_stranger_it_names(teams: Teams, later: datetime) -> None:
    # decision 27: proposed, and accepted at the next sign-in
    mandate = propose(teams, "uma", teams.theirs, later)
    uma, bella = teams.people["uma"], team_of(teams.actor("bella"), teams.theirs.key, later)
    assert bella is not None
    assert reach_of_plsa(bella, uma.key, later) is None
    assert uma.pk not in {row.person_id for row in team(teams.theirs, later)}
    assert uma.pk not in {row.person_id for row in of_company(teams.theirs, later)}
    assert companies(teams, "uma", later) == {teams.ours.key}
    assert {row.company.key for row in companies_of(uma, later)} == {teams.ours.key}
    assert list(proposed_to(uma)) == [mandate]


def test_naming_somebody_takes_nothing_from_the_plsa_of_the_own_company(teams: Teams, later: datetime) -> None:
    uma = teams.people["uma"]
    propose(teams, "uma", teams.theirs, later)
    assert not is_shared(uma, teams.ours)
    paula = team_of(teams.actor("paula"), teams.ours.key, later)
    assert paula is not None
    reach = reach_of_plsa(paula, uma.key, later)
    assert reach is not None
    assert not reach.shared


def test_a_mandate_taken_is_a_membership_like_any_other(teams: Teams, later: datetime) -> None:
    mandate = propose(teams, "uma", teams.theirs, later)
    answer(teams, mandate, "uma", later + timedelta(days=1), accept=True)
    assert companies(teams, "uma", later + timedelta(days=1)) == {teams.ours.key, teams.theirs.key}
    assert is_shared(teams.people["uma"], teams.ours)
    assert teams.people["uma"].pk in {row.person_id for row in team(teams.theirs, later)}


def test_a_mandate_taken_at_the_instant_it_was_proposed_counts_too(teams: Teams, later: datetime) -> None:
    answer(teams, propose(teams, "uma", teams.theirs, later), "uma", later, accept=True)
    assert is_shared(teams.people["uma"], teams.ours)


def test_declining_frees_the_login_of_the_company(teams: Teams, later: datetime) -> None:
    mandate = propose(teams, "uma", teams.theirs, later)
    answer(teams, mandate, "uma", later + timedelta(days=1), accept=False)
    ended = teams.membership("uma", teams.theirs)
    assert (ended.ended_at, ended.end_reason) == (later + timedelta(days=1), EndReason.NOT_TAKEN)
    assert companies(teams, "uma", later) == {teams.ours.key}
    assert not is_shared(teams.people["uma"], teams.ours)
    mandate.refresh_from_db()
    assert mandate.state == MandateState.DECLINED
    assert Event.objects.filter(tag=Tag.MEMBERSHIP_ENDED, company_key=teams.theirs.key).count() == 1


def test_a_user_who_declines_stays_a_user(teams: Teams, later: datetime) -> None:
    mandate = propose(teams, "uma", teams.ours, later)
    assert teams.people["uma"].pk in {row.person_id for row in team(teams.ours, later)}
    answer(teams, mandate, "uma", later, accept=False)
    assert companies(teams, "uma", later) == {teams.ours.key}


def test_a_proposal_taken_back_frees_the_login_too(teams: Teams, later: datetime) -> None:
    # An upheld objection ends every living mandate of the company, and the users of it stay.
    propose(teams, "uma", teams.theirs, later)
    propose(teams, "bob", teams.theirs, later)
    actions.end_mandates(
        company_id=teams.theirs.pk, company_key=teams.theirs.key, reason="objection", actor=SYSTEM, now=later
    )
    assert teams.membership("uma", teams.theirs).end_reason == EndReason.NOT_TAKEN
    assert teams.membership("bob", teams.theirs).ended_at is None
    assert teams.membership("bella", teams.theirs).ended_at is None


@pytest.mark.parametrize("how", ["ended", "suspended access", "closed company"])
def test_whoever_has_no_other_door_enters_to_answer(teams: Teams, later: datetime, how: str) -> None:
    mandate = propose(teams, "uma", teams.theirs, later)
    if how == "ended":
        actions.end_membership(
            membership_id=teams.membership("uma", teams.ours).pk, reason=EndReason.LEFT, actor=SYSTEM, now=later
        )
    elif how == "suspended access":
        actions.suspend_access(company_id=teams.ours.pk, reason="x", actor=SYSTEM, now=later, checked=True)
    else:
        Company.objects.filter(pk=teams.ours.pk).update(active=False, closed_at=later)
    assert teams.theirs.key in companies(teams, "uma", later)
    with time_machine.travel(later, tick=False):
        browser = teams.browser("uma", later)
        browser.get("/en/home/")
        assert "_auth_user_id" in browser.session
    assert list(proposed_to(teams.people["uma"])) == [mandate]
    # The PLSAs of the company that named them still have nothing to do with them, and are told nothing of them.
    block_for_former_password(person_id=teams.people["uma"].pk, actor=SYSTEM, now=later)
    assert not Message.objects.filter(person_key=teams.key("bella")).exists()
    assert not Message.objects.filter(to_address=teams.people["bella"].email).exists()
    assert teams.people["uma"].pk not in {row.person_id for row in team(teams.theirs, later)}
