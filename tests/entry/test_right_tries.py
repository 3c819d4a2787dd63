"""Right sign-ins are no guesses: a whole office signs in from one address and is not paused by it."""

from __future__ import annotations

from django.test import Client

from passerelle.limits.check import peek
from passerelle.limits.policies import policy
from tests.conftest import NOW
from tests.entry.conftest import House
from tests.factors.conftest import authenticator


def counted() -> int:
    return peek("sign_in_address", "127.0.0.1", now=NOW).count


def test_a_right_sign_in_of_a_stranger_gives_its_try_back(house: House) -> None:
    # decision 14
    house.sign_in(password="wrong", client=Client())
    assert counted() == 1
    for _ in range(3):
        assert house.sign_in(client=Client()).status_code == 302
    assert counted() == 1
    house.sign_in(password="wrong", client=Client())
    assert counted() == 2


def test_a_right_password_before_a_second_factor_gives_its_try_back(house: House) -> None:
    authenticator(house.plsa)
    assert house.sign_in(client=Client())["Location"] == "/en/sign-in/second-factor/"
    assert counted() == 0


def test_a_known_browser_that_was_charged_nothing_gets_nothing_back(house: House) -> None:
    house.sign_in()
    house.sign_in(password="wrong", client=Client())
    assert house.sign_in().status_code == 302
    assert counted() == 1


def test_who_is_paused_is_not_let_in_by_a_right_password(house: House) -> None:
    for number in range(policy("sign_in_address").count):
        Client().post("/en/sign-in/", {"login": f"VNBD{number:04d}", "password": f"guess {number}"})
    assert house.sign_in(client=Client()).status_code == 422
    assert counted() == policy("sign_in_address").count + 1
