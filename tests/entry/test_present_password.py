"""The present password asked for again on the password page: only wrong ones are counted, and only it counts."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from passerelle.accounts.hashers import Busy
from passerelle.accounts.models import Person
from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.limits.check import peek
from passerelle.portal.session import present
from tests.conftest import NOW
from tests.entry.conftest import PASSWORD, House
from tests.factors.conftest import authenticator

NEW = "nine green lamps hum"


def save(house: House, current: str, new: str) -> object:
    return house.client.post("/en/password/", {"current_password": current, "new_password": new})


@pytest.fixture
def later(house: House, clock: time_machine.Traveller) -> House:
    """Signed in so long ago that the present password is asked."""
    house.sign_in()
    clock.shift(timedelta(minutes=5))
    return house


def test_a_right_present_password_with_a_new_one_that_will_not_do_costs_no_try(later: House) -> None:
    for _ in range(12):
        answer = save(later, PASSWORD, "short")
        assert b"Password must be 15 characters or more" in answer.content  # type: ignore[attr-defined]
    assert save(later, PASSWORD, NEW).status_code == 302  # type: ignore[attr-defined]


def test_a_wrong_present_password_is_counted_and_kept_in_the_trail(later: House, clock: time_machine.Traveller) -> None:
    for _ in range(3):
        assert b"This is not your present password" in save(later, "wrong", NEW).content  # type: ignore[attr-defined]
    now = NOW + timedelta(minutes=5)
    assert peek("fresh_proof", later.plsa.key, now=now).count == 3
    line = Event.objects.filter(tag=Tag.SIGN_IN_REFUSED, person_key=later.plsa.key).latest("pk")
    assert line.new == {"door": "confirm", "reason": "wrong_password"}
    save(later, PASSWORD, "short")
    assert peek("fresh_proof", later.plsa.key, now=now).count == 0


def test_the_new_password_is_not_judged_before_the_present_one_was_right(later: House) -> None:
    page = save(later, "wrong", "short").content.decode()  # type: ignore[attr-defined]
    assert "This is not your present password" in page
    assert "Password must be 15" not in page


def test_a_busy_portal_counts_no_try(later: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy() -> None:
        raise Busy

    monkeypatch.setattr(present, "turn_at_a_door", busy)
    assert b"The portal is busy" in save(later, PASSWORD, NEW).content  # type: ignore[attr-defined]
    assert peek("fresh_proof", later.plsa.key, now=NOW + timedelta(minutes=5)).count == 0
    assert Person.objects.get(pk=later.plsa.pk).check_password(PASSWORD)


def test_a_second_factor_stands_in_for_no_present_password(house: House, clock: time_machine.Traveller) -> None:
    # D6
    kit = authenticator(house.plsa)
    house.sign_in()
    house.client.post("/en/sign-in/second-factor/", {"code": kit.code(NOW)})
    clock.shift(timedelta(minutes=5))
    confirmed = house.client.post("/en/account/confirm/", {"code": kit.code(NOW + timedelta(minutes=5))})
    assert confirmed.status_code == 302
    assert b"Current password" in house.client.get("/en/password/").content
    assert house.client.post("/en/password/", {"new_password": NEW}).status_code == 422
    assert Person.objects.get(pk=house.plsa.pk).check_password(PASSWORD)


def test_the_password_given_to_confirm_is_not_asked_again(later: House) -> None:
    assert later.client.post("/en/account/confirm/", {"password": PASSWORD}).status_code == 302
    assert b"Current password" not in later.client.get("/en/password/").content
    assert later.client.post("/en/password/", {"new_password": NEW}).status_code == 302


def test_a_password_before_a_late_second_step_is_asked_again(house: House, clock: time_machine.Traveller) -> None:
    kit = authenticator(house.plsa)
    house.sign_in()
    clock.shift(timedelta(minutes=8))
    house.client.post("/en/sign-in/second-factor/", {"code": kit.code(NOW + timedelta(minutes=8))})
    assert house.is_in()
    assert b"Current password" in house.client.get("/en/password/").content
