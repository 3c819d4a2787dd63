"""Somebody lost the second factor: another PLSA or the Assistance asks to remove it (decision 17)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from passerelle.accounts import actions as accounts
from passerelle.accounts.enums import LoginState, StateReason
from passerelle.accounts.models import FactorRemoval, SecondFactor
from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.core.actor import SYSTEM
from passerelle.core.errors import Refused
from passerelle.entry.actions.people import ask_factor_removal
from passerelle.mail.models import Link, Message
from tests.teams import Teams

pytestmark = pytest.mark.django_db


@pytest.fixture
def teams(now: datetime) -> Teams:
    found = Teams(now)
    for name in ("uma", "sam", "paula", "olga"):
        SecondFactor.objects.create(
            person=found.people[name], kind="authenticator", name="Phone", secret="x", created_at=now
        )
    return found


def ask(teams: Teams, who: str, whom: str) -> str:
    """The refusal, or nothing."""
    company = "" if teams.people[who].is_staff else teams.ours.key
    try:
        ask_factor_removal(person_key=teams.key(whom), company_key=company, actor=teams.actor(who), now=teams.now)
    except Refused as refusal:
        return refusal.code
    return ""


@pytest.mark.parametrize(("who", "whom"), [("paula", "uma"), ("peter", "paula"), ("olga", "uma"), ("ada", "olga")])
def test_it_waits_a_day_in_which_the_owner_can_keep_it(teams: Teams, who: str, whom: str) -> None:
    # D11, decision 17
    assert ask(teams, who, whom) == ""
    removal = FactorRemoval.objects.get()
    assert removal.person == teams.people[whom]
    assert removal.effective_at == teams.now + timedelta(hours=24)
    assert SecondFactor.objects.filter(person=teams.people[whom]).exists()
    assert Link.objects.get(purpose="removal").recipient == teams.people[whom].email
    assert Message.objects.get(person_key=teams.key(whom)).kind == "accounts/removal_asked"
    assert Event.objects.get(tag=Tag.FACTOR_REMOVAL_ASKED.value).actor_key == teams.key(who)
    assert ask(teams, who, whom) == "removal_waits"


@pytest.mark.parametrize(
    ("who", "whom", "code"),
    [
        ("paula", "paula", "own_login"), ("olga", "olga", "no_power"), ("uma", "paula", "no_power"),
        ("paula", "peter", "no_factor"), ("paula", "bob", "person_unknown"), ("bella", "uma", "no_power"),
        ("paula", "sam", "assistance_only"), ("edda", "uma", "no_power"),
    ],
)  # fmt: skip
def test_nobody_else_asks_for_it(teams: Teams, who: str, whom: str, code: str) -> None:
    assert ask(teams, who, whom) == code
    assert not FactorRemoval.objects.exists()
    assert not Message.objects.exists()


def test_a_login_that_is_stopped_is_lifted_first(teams: Teams) -> None:
    accounts.change_state(
        person_id=teams.people["uma"].pk, to=LoginState.SUSPENDED, reason=StateReason.BY_PLSA, actor=SYSTEM,
        now=teams.now,
    )  # fmt: skip
    assert ask(teams, "paula", "uma") == "lift_first"
