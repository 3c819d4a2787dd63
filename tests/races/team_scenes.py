"""Races of acts on somebody's login (D3)."""

from __future__ import annotations

from passerelle.accounts import actions as accounts
from passerelle.accounts.enums import LoginState
from passerelle.accounts.models import Person
from passerelle.core.actor import SYSTEM, Actor, ActorKind
from passerelle.core.errors import Refused
from passerelle.entry.actions import people as acts
from passerelle.mail.models import Link, Message
from passerelle.memberships import actions as memberships
from passerelle.memberships.queries import plsas_of
from tests.races.company import NOW, Scene
from tests.races.play import RACERS, race


class _Team(Scene):
    """A company whose access is open, with its PLSAs."""

    def __init__(self, *names: str) -> None:
        super().__init__()
        memberships.open_company(company_id=self.company.pk, company_key=self.company.key, actor=SYSTEM, now=NOW)
        self.people = [self._plsa(name) for name in names]

    def _plsa(self, name: str) -> Person:
        made = accounts.create_login(
            first_name=name, last_name="Racer", email=f"{name}.{self.number}@{self.domain}", language="en",
            actor=SYSTEM, now=NOW,
        )  # fmt: skip
        membership = memberships.join(
            person_id=made.pk, person_key=made.key, company_id=self.company.pk, company_key=self.company.key,
            actor=SYSTEM, now=NOW,
        )  # fmt: skip
        memberships.appoint(
            membership=membership, person_key=made.key, company_key=self.company.key, proposed=False, actor=SYSTEM,
            now=NOW,
        )  # fmt: skip
        return made

    def suspends(self, by: int, whom: int) -> object:
        return acts.suspend(
            person_key=self.people[whom].key, company_key=self.company.key, note="Why.", actor=self.actor(by), now=NOW
        )

    def actor(self, place: int) -> Actor:
        return Actor(ActorKind.PERSON, key=self.people[place].key, name=self.people[place].get_full_name())


def _codes(results: list[object]) -> set[str]:
    return {result.code for result in results if isinstance(result, Refused)}


def plsas_who_suspend_each_other_in_a_ring_never_leave_a_company_without_one() -> None:
    # D3
    for _ in range(3):
        team = _Team("pat", "pia", "pim")
        results = race(*(lambda team=team, n=n: team.suspends(n, (n + 1) % 3) for n in range(3)))
        left = plsas_of(team.company, NOW)
        assert 1 <= len(left) <= 2
        assert _codes(results) <= {"no_power"}


def a_login_suspended_twenty_times_at_once_is_suspended_once() -> None:
    team = _Team("pat", "pia")
    results = race(lambda: team.suspends(0, 1), times=RACERS)
    assert sum(not isinstance(result, Refused) for result in results) == 1
    assert _codes(results) == {"not_active"}
    assert Message.objects.filter(person_key=team.people[1].key, kind="entry/people_state").count() == 1


def password_links_sent_at_once_leave_one_that_works() -> None:
    # D10
    team = _Team("pat", "pia")
    key = team.people[1].key
    race(
        lambda: acts.send_password_link(person_key=key, company_key=team.company.key, actor=team.actor(0), now=NOW),
        times=RACERS,
    )
    living = Link.objects.filter(subject_key=key, used_at__isnull=True, superseded_at__isnull=True)
    assert living.count() == 1


def a_link_against_a_suspension_leaves_no_link_that_opens() -> None:
    for _ in range(3):
        team = _Team("pat", "pia")
        key = team.people[1].key
        race(
            lambda team=team, key=key: acts.send_password_link(
                person_key=key, company_key=team.company.key, actor=team.actor(0), now=NOW
            ),
            lambda team=team: team.suspends(0, 1),
        )
        assert Person.objects.get(key=key).state == LoginState.SUSPENDED
        assert not Link.objects.filter(subject_key=key, used_at__isnull=True, superseded_at__isnull=True).exists()
