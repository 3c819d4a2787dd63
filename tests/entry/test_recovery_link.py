"""The link of a forgotten password: used once, void in time, stronger than nothing (D6, D8)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from passerelle.accounts import actions as accounts
from passerelle.accounts.enums import LoginState, StateReason
from passerelle.accounts.models import Person, Session
from passerelle.core.actor import SYSTEM
from passerelle.mail import links
from passerelle.mail.models import Link, Message
from tests.conftest import NOW
from tests.entry.conftest import PASSWORD, House, open_for
from tests.entry.recovering import NEW, ask, link_of, state


@pytest.fixture(autouse=True)
def _wide_limits(settings: Any) -> None:
    settings.PASSERELLE_LIMITS_FACTOR = 100


def test_the_link_sets_a_password_once_ends_every_session_and_tells_the_owner(house: House) -> None:
    # D6, D8
    second = Client()
    house.sign_in(client=second)
    path = link_of(house)
    for _ in range(3):
        assert house.client.get(path).status_code == 200
    assert house.client.post(path, {"new_password": NEW}).status_code == 200
    assert not Session.objects.exists()
    assert not house.is_in(second)
    assert house.sign_in(password=NEW).status_code == 302
    assert Message.objects.get(kind="accounts/password_changed").to_address == house.plsa.email
    again = house.client.post(path, {"new_password": "something else entirely"})
    assert again.status_code == 200
    assert b"already been used" in again.content
    assert Person.objects.get().check_password(NEW)


def test_a_password_that_lacks_something_is_refused_in_words_and_spends_nothing(house: House) -> None:
    path = link_of(house)
    for word in ("too brief", "password" * 3, "x" * 129):
        answer = house.client.post(path, {"new_password": word})
        assert answer.status_code == 422
        assert word.encode() not in answer.content
    assert house.client.post(path, {"new_password": NEW}).status_code == 200


def test_a_link_ends_after_its_minutes(house: House, clock: time_machine.Traveller) -> None:
    path = link_of(house)
    clock.shift(timedelta(minutes=30))
    answer = house.client.get(path)
    assert answer.status_code == 410
    assert b"This link has expired" in answer.content
    assert b"/en/forgotten-password/" in answer.content
    assert house.client.post(path, {"new_password": NEW}).status_code == 410
    assert house.sign_in().status_code == 302


def test_a_password_changed_meanwhile_voids_the_link(house: House, clock: time_machine.Traveller) -> None:
    path = link_of(house)
    clock.shift(timedelta(minutes=1))
    accounts.set_password(
        person_id=house.plsa.pk, password=NEW, actor=SYSTEM, now=NOW + timedelta(minutes=1)
    )  # fmt: skip
    for answer in (house.client.get(path), house.client.post(path, {"new_password": "another one of mine"})):
        assert b"changed in the meantime" in answer.content
    assert Person.objects.get().check_password(NEW)


def test_the_link_of_a_login_that_was_blocked_meanwhile_sets_nothing(house: House) -> None:
    path = link_of(house)
    state(house.plsa, LoginState.BLOCKED, StateReason.STOLEN)
    for answer in (house.client.get(path), house.client.post(path, {"new_password": NEW})):
        assert answer.status_code == 200
        assert b"cannot be used at present" in answer.content
    assert Person.objects.get().check_password(PASSWORD)


@pytest.mark.parametrize("token", ["x", "A" * 48, "%00", "../../etc/passwd"])
def test_a_token_of_nobody_is_not_found(house: House, token: str) -> None:
    assert house.client.get(f"/en/forgotten-password/choose/{token}/").status_code == 404


def test_a_link_of_another_purpose_sets_no_password(house: House) -> None:
    made = accounts.create_login(
        first_name="F", last_name="F", email="fresh@fournier.example", language="en", actor=SYSTEM, now=NOW
    )
    open_for(house.company, made)
    ask(house.client, made)
    token = links.token(Link.objects.get(purpose="activation"))
    assert house.client.get(f"/en/forgotten-password/choose/{token}/").status_code == 404
