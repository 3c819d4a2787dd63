"""A session is asked at every request whether it is still good: what ends, ends at once, on every device."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from passerelle import brand
from passerelle.accounts import actions as accounts
from passerelle.accounts.enums import LoginState, StateReason
from passerelle.accounts.models import Session
from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.core.actor import SYSTEM
from passerelle.memberships import actions as memberships
from passerelle.memberships.models import Membership
from passerelle.suppliers.actions import close_company, reopen_company
from tests import cast
from tests.conftest import NOW
from tests.entry.conftest import House, open_for


def close(house: House) -> None:
    close_company(actor=SYSTEM, now=NOW, company=house.company, reason="merged")


def suspend(house: House) -> None:
    memberships.suspend_access(company_id=house.company.pk, reason="unpaid", actor=SYSTEM, now=NOW)


def state(to: LoginState) -> Callable[[House], None]:
    def change(house: House) -> None:
        accounts.change_state(person_id=house.plsa.pk, to=to, reason=StateReason.BY_ASSISTANCE, actor=SYSTEM, now=NOW)

    return change


def end_membership(house: House) -> None:
    Membership.objects.update(ended_at=NOW)


def new_password(house: House) -> None:
    accounts.set_password(person_id=house.plsa.pk, password="nine green lamps hum", actor=SYSTEM, now=NOW)


def lose_rows(house: House) -> None:
    Session.objects.all().delete()


ENDS: dict[str, Callable[[House], None]] = {
    "the company is closed": close,
    "the access is suspended": suspend,
    "the login is suspended": state(LoginState.SUSPENDED),
    "the login is blocked": state(LoginState.BLOCKED),
    "the login is deleted": state(LoginState.DELETED),
    "the membership ends": end_membership,
    "the password changes": new_password,
    "the sessions are gone": lose_rows,
}


@pytest.mark.parametrize("cause", ENDS)
def test_a_live_session_is_shut_out_at_its_next_request_when(cause: str, house: House) -> None:
    # H4, D3, decision 15
    second = Client()
    assert house.sign_in().status_code == 302
    assert house.sign_in(client=second).status_code == 302
    assert house.is_in()
    assert house.is_in(second)
    ENDS[cause](house)
    for client in (house.client, second):
        answer = client.get("/en/home/")
        assert answer.status_code == 302
        assert answer["Location"].startswith("/en/sign-in/?next=")
        assert client.post("/en/home/company/", {"company": house.company.key}).status_code == 302
    if cause not in {"the password changes", "the sessions are gone"}:
        assert house.sign_in().status_code == 422


def test_a_reopened_company_lets_its_people_in_again(house: House) -> None:
    close(house)
    assert house.sign_in().status_code == 422
    reopen_company(actor=SYSTEM, now=NOW, company=house.company)
    assert house.sign_in().status_code == 302
    assert house.is_in()


def test_closing_one_company_leaves_the_door_of_the_other(house: House) -> None:
    # E6
    other = cast.company(NOW, cofor="EF34GH", name="Second")
    open_for(other, house.plsa)
    house.sign_in()
    house.client.post("/en/home/company/", {"company": house.company.key})
    assert b"Fournier" in house.client.get("/en/home/").content
    close(house)
    page = house.client.get("/en/home/")
    assert page.status_code == 200
    assert b"Fournier" not in page.content
    assert b"Second" in page.content


def test_nobody_acts_for_a_company_that_is_not_theirs(house: House) -> None:
    # E6: guessing another company's key opens nothing
    other = cast.company(NOW, cofor="EF34GH", name="Stranger & Sons")
    memberships.open_company(company_id=other.pk, company_key=other.key, actor=SYSTEM, now=NOW)
    house.sign_in()
    assert house.client.post("/en/home/company/", {"company": other.key}).status_code == 302
    assert b"Stranger" not in house.client.get("/en/home/").content


def test_a_session_ends_after_its_idle_time_and_lives_on_while_used(
    house: House, clock: time_machine.Traveller
) -> None:
    # decision 15
    idle = timedelta(minutes=brand.current().policies.session_idle_minutes)
    house.sign_in()
    for _ in range(3):
        clock.shift(idle - timedelta(seconds=1))
        assert house.is_in()
    clock.shift(idle + timedelta(minutes=1, seconds=1))
    assert not house.is_in()


def test_a_session_ends_after_its_longest_time_even_if_used(house: House, clock: time_machine.Traveller) -> None:
    longest = timedelta(hours=brand.current().policies.session_max_hours)
    house.sign_in()
    passed = timedelta()
    step = timedelta(minutes=brand.current().policies.session_idle_minutes - 1)
    while passed + step < longest:
        clock.shift(step)
        passed += step
        assert house.is_in(), passed
    clock.shift(longest - passed + timedelta(seconds=1))
    assert not house.is_in()


def test_the_instant_last_seen_is_written_at_most_once_a_minute(house: House, clock: time_machine.Traveller) -> None:
    # decision 30
    house.sign_in()
    seen = set()
    for _ in range(6):
        clock.shift(timedelta(seconds=20))
        assert house.is_in()
        seen.add(Session.objects.get().last_seen_at)
    assert seen == {NOW, NOW + timedelta(minutes=1), NOW + timedelta(minutes=2)}


def test_signing_in_gives_a_new_session_id(house: House) -> None:
    house.client.get("/en/sign-in/")
    house.client.cookies["session"] = "a" * 32
    house.sign_in()
    first = house.client.cookies["session"].value
    assert first != "a" * 32
    house.client.post("/en/sign-out/")
    assert not Session.objects.exists()
    house.client.cookies["session"] = first
    assert not house.is_in()


def test_a_stale_cookie_meets_the_sign_in_page_and_is_never_counted(house: House) -> None:
    # decision 15
    house.client.cookies["session"] = "b" * 32
    for _ in range(5):
        assert not house.is_in()
        assert house.client.get("/en/").status_code == 200
    assert not Event.objects.filter(tag=Tag.SIGN_IN_REFUSED).exists()
    assert house.sign_in().status_code == 302


@pytest.mark.parametrize(
    "cookie",
    ['"\\000\\000\\000\\000\\000\\000\\000\\000"', "'; DROP TABLE accounts_session; --", "a" * 5000, "é" * 32, ""],
)
def test_a_forged_cookie_is_no_session_and_no_error(house: House, cookie: str) -> None:
    answer = house.client.get("/en/home/", headers={"cookie": f"session={cookie}"})
    assert answer.status_code == 302
