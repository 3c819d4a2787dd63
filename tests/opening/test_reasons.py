"""Each reason of the analysis, reached by real acts; the API answers the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from passerelle.accounts import actions as accounts
from passerelle.accounts.enums import LoginState, StateReason
from passerelle.accounts.models import Person
from passerelle.core.actor import SYSTEM, Actor
from passerelle.memberships import actions as memberships
from passerelle.opening import actions
from passerelle.opening.enums import Reason, RefusalReason
from passerelle.opening.queries import analyse
from passerelle.suppliers.actions import close_company
from passerelle.suppliers.models import Company, Site
from tests import cast
from tests.conftest import NOW
from tests.opening.test_analysis import CONTRACT


class Road:
    """A company and what was done to it; each step is one real action."""

    def __init__(self, officer: Actor) -> None:
        self.officer, self.now = officer, NOW
        self.version = cast.publish_terms(NOW)
        self.company = cast.company(NOW)
        cast.on_record(self.company, "direction@fournier.example", domains=("fournier.example",))

    def ask(self, **people: Any) -> Any:
        return cast.ask(self.company, self.now, **people)

    def accept(self, opening: Any, plsa: Any = None) -> Any:
        return actions.accept_terms(
            link_key=cast.link(opening).key, cofor=self.company.cofor, text_id=cast.text().pk, corrected_plsa=plsa,
            language="en", actor=cast.VISITOR, now=self.now,
        )  # fmt: skip

    def opened(self) -> Any:
        return self.accept(self.ask())

    def refuse(self, opening: Any) -> None:
        actions.refuse(key=opening.key, reason=RefusalReason.DUPLICATE, note="", actor=self.officer, now=self.now)

    def object_to(self, opening: Any) -> None:
        key = cast.link(opening, "objection").key
        actions.object_to(link_key=key, note="not us", actor=cast.VISITOR, now=self.now)

    def suspend(self) -> None:
        memberships.suspend_access(company_id=self.company.pk, reason="unpaid", actor=self.officer, now=self.now)

    def plsa_state(self, state: LoginState) -> None:
        person = Person.objects.get()
        accounts.change_state(
            person_id=person.pk, to=state, reason=StateReason.BY_ASSISTANCE, actor=self.officer, now=self.now
        )

    def close(self) -> None:
        close_company(actor=self.officer, now=self.now, company=self.company, reason="merged")

    def later(self, **delay: int) -> None:
        self.now += timedelta(**delay)


def unknown(road: Road) -> None:
    Company.objects.all().delete()


def closed(road: Road) -> None:
    road.close()


def closed_after_the_opening(road: Road) -> None:
    road.opened()
    road.close()


def nothing(road: Road) -> None:
    pass


def refused(road: Road) -> None:
    road.refuse(road.ask())


def lapsed(road: Road) -> None:
    road.ask()
    road.later(days=30)
    actions.lapse_due(now=road.now)


def pending(road: Road) -> None:
    road.ask(representative=cast.HOSTILE)


def pending_beside_a_refused_one(road: Road) -> None:
    road.refuse(road.ask())
    road.later(hours=1)
    road.ask(requester=cast.ACCOMPLICE, representative=cast.HOSTILE)


def disputed(road: Road) -> None:
    road.object_to(road.ask())


def disowned(road: Road) -> None:
    actions.disown(link_key=cast.link(road.ask()).key, note="", actor=cast.VISITOR, now=road.now)


def waiting(road: Road) -> None:
    road.ask()


def waiting_beside_a_pending_one(road: Road) -> None:
    road.ask(requester=cast.HOSTILE, representative=cast.ACCOMPLICE)
    road.ask()


def sent_again(road: Road) -> None:
    opening = road.ask()
    road.later(days=20)
    actions.resend_terms(opening_key=opening.key, actor=cast.VISITOR, now=road.now)


def overdue_terms(road: Road) -> None:
    # decision 31, check 4: a newer version whose deadline has passed
    road.opened()
    cast.publish_terms(road.now, number=2, deadline=timedelta(days=30))
    road.later(days=30)


def renewal_sent(road: Road) -> None:
    overdue_terms(road)
    actions.ask_designation(cofor=road.company.cofor, language="en", actor=cast.VISITOR, now=road.now)


def expired(road: Road) -> None:
    road.ask()
    road.later(days=14)


def renewal_expired(road: Road) -> None:
    renewal_sent(road)
    road.later(days=14)


def declined(road: Road) -> None:
    actions.refuse_terms(link_key=cast.link(road.ask()).key, note="", actor=cast.VISITOR, now=road.now)


def held(road: Road) -> None:
    road.accept(road.ask(), plsa=cast.ACCOMPLICE)


def held_and_disputed(road: Road) -> None:
    opening = road.ask()
    road.accept(opening, plsa=cast.ACCOMPLICE)
    road.object_to(opening)


def suspended(road: Road) -> None:
    road.opened()
    road.suspend()


def objected_after_the_opening(road: Road) -> None:
    road.object_to(road.opened())


def no_plsa_left(road: Road) -> None:
    road.opened()
    road.plsa_state(LoginState.DELETED)


def plsa_suspended(road: Road) -> None:
    # C1: a suspended PLSA counts as none
    road.opened()
    road.plsa_state(LoginState.SUSPENDED)


def mandates_ended(road: Road) -> None:
    road.opened()
    memberships.end_mandates(
        company_id=road.company.pk, company_key=road.company.key, reason="moved", actor=SYSTEM, now=road.now
    )


def opened(road: Road) -> None:
    road.opened()


def plsa_blocked(road: Road) -> None:
    # A security rule must not orphan a company.
    road.opened()
    road.plsa_state(LoginState.BLOCKED)


def newer_terms_within_their_deadline(road: Road) -> None:
    # decision 31: the earlier acceptance still counts
    road.opened()
    cast.publish_terms(road.now, number=2, deadline=timedelta(days=30))
    road.later(days=29)


def resumed(road: Road) -> None:
    suspended(road)
    memberships.resume_access(company_id=road.company.pk, actor=road.officer, now=road.now)


def renewed(road: Road) -> None:
    renewal_sent(road)
    opening = actions.ask_designation(cofor=road.company.cofor, language="en", actor=cast.VISITOR, now=road.now)
    road.accept(opening)


REACHED: list[tuple[str, Callable[[Road], None]]] = [
    ("cofor_unknown", unknown),
    ("cofor_inactive", closed),
    ("cofor_inactive", closed_after_the_opening),
    ("no_request", nothing),
    ("request_refused", refused),
    ("request_lapsed", lapsed),
    ("request_pending", pending),
    ("request_pending", pending_beside_a_refused_one),
    ("request_disputed", disputed),
    ("request_disputed", disowned),
    ("terms_not_accepted", waiting),
    ("terms_not_accepted", waiting_beside_a_pending_one),
    ("terms_not_accepted", sent_again),
    ("terms_not_accepted", overdue_terms),
    ("terms_not_accepted", renewal_sent),
    ("terms_link_expired", expired),
    ("terms_link_expired", renewal_expired),
    ("terms_refused", declined),
    ("opening_in_progress", held),
    ("opening_in_progress", held_and_disputed),
    ("access_suspended", suspended),
    ("access_suspended", objected_after_the_opening),
    ("no_plsa", no_plsa_left),
    ("no_plsa", plsa_suspended),
    ("no_plsa", mandates_ended),
    ("access_open", opened),
    ("access_open", plsa_blocked),
    ("access_open", newer_terms_within_their_deadline),
    ("access_open", resumed),
    ("access_open", renewed),
]


def test_every_reason_is_reached() -> None:
    assert {reason for reason, _ in REACHED} == set(Reason.values)


@pytest.mark.django_db
@pytest.mark.parametrize(("reason", "way"), REACHED, ids=[f"{reason}-{way.__name__}" for reason, way in REACHED])
def test_a_reason_is_reached_by_real_acts_and_the_api_says_the_same(
    reason: str, way: Callable[[Road], None], officer: Actor, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    # C1, C9, I1
    road = Road(officer)
    way(road)
    analysis = analyse("ab 12cd", site="p1", now=road.now)
    number, who, action = CONTRACT[reason]
    assert (analysis.verdict.reason, analysis.stopped_at) == (reason, number)

    monkeypatch.setattr("passerelle.core.clock.now", lambda: road.now)
    answer = client.get("/api/v1/access-analysis/ab12cd?site=p1", headers={"Accept-Language": "fr"})
    assert answer.status_code == 200
    found = answer.json()
    label = found["next"].pop("label")
    assert label
    assert found.pop("next") == {"action": action, "help": f"/fr/help/#reason-{reason}"}
    assert found.pop("site_known", False) is False
    assert found == {
        "cofor": "AB12CD", "site": "P1", "stopped_at": number, "reason": reason, "actor": who,
        "checks": [
            {"number": check.number, "code": check.code.value, "state": check.state.value} for check in analysis.checks
        ],
    }  # fmt: skip
    text = answer.content.decode().casefold()
    assert not any(word in text for word in ("fournier", "requester.", "léon", "paula", "@", "direction"))


@pytest.mark.django_db
def test_a_site_is_known_or_not_only_where_one_was_given(client: Client) -> None:
    company = cast.company(NOW)
    Site.objects.create(company=company, code="P1", name="Plant")
    answers = [
        client.get(f"/api/v1/access-analysis/AB12CD{query}").json().get("site_known", "absent")
        for query in ("", "?site=", "?site=p1", "?site=P2")
    ]
    assert answers == ["absent", "absent", True, False]
