"""A sign-in under way is overtaken by whatever ends every session of its login: it opens none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from passerelle.accounts import actions as accounts
from passerelle.accounts.enums import LoginState, StateReason
from passerelle.accounts.models import Session
from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.core.actor import SYSTEM
from passerelle.portal.session import enter
from tests.conftest import NOW
from tests.entry.conftest import House
from tests.factors.conftest import authenticator

NEW = "nine green lamps hum"


def new_password(house: House) -> None:
    accounts.set_password(person_id=house.plsa.pk, password=NEW, actor=SYSTEM, now=NOW)


def new_factor(house: House) -> None:
    authenticator(house.plsa)


def suspended(house: House) -> None:
    accounts.change_state(
        person_id=house.plsa.pk, to=LoginState.SUSPENDED, reason=StateReason.BY_PLSA, actor=SYSTEM, now=NOW
    )


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], None]:
    """Let something happen once, after the last look at the person and before the session is opened."""

    def between(act: Callable[[], None]) -> None:
        entering = enter._enter

        def late(*arguments: Any, **more: Any) -> Any:
            act()
            return entering(*arguments, **more)

        monkeypatch.setattr(enter, "_enter", late)

    return between


@pytest.mark.parametrize("act", [new_password, new_factor, suspended])
def test_a_right_password_opens_nothing_after_it_was_overtaken(
    house: House, meanwhile: Callable[[Callable[[], None]], None], act: Callable[[House], None]
) -> None:
    # D6, D11, decision 15
    meanwhile(lambda: act(house))
    answer = house.client.post(
        "/en/sign-in/", {"login": house.plsa.login, "password": "seven brown kettles sing", "next": "/en/account/"}
    )
    assert answer["Location"] == "/en/sign-in/?next=%2Fen%2Faccount%2F"
    page = house.client.get(answer["Location"]).content.decode()
    assert page.count("B2B login or password not recognised. Check both, or see what to do below.") == 1
    assert not house.is_in()
    assert not Session.objects.filter(person=house.plsa).exists()
    assert not Event.objects.filter(tag=Tag.SIGNED_IN).exists()


def test_a_second_step_opens_nothing_after_a_new_password(
    house: House, meanwhile: Callable[[Callable[[], None]], None]
) -> None:
    kit = authenticator(house.plsa)
    assert house.sign_in()["Location"] == "/en/sign-in/second-factor/"
    meanwhile(lambda: new_password(house))
    answer = house.client.post("/en/sign-in/second-factor/", {"code": kit.code(NOW)})
    assert answer["Location"].startswith("/en/sign-in/?")
    assert not house.is_in()
    assert not Session.objects.filter(person=house.plsa).exists()


def test_a_sign_in_that_nothing_overtakes_goes_on(
    house: House, meanwhile: Callable[[Callable[[], None]], None]
) -> None:
    meanwhile(lambda: None)
    client = Client()
    assert house.sign_in(client=client).status_code == 302
    assert house.is_in(client)
