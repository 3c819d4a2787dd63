"""Whoever is led to sign-in because their session is over is told so, and nobody else is."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from passerelle.accounts import actions as accounts
from passerelle.accounts.models import Session
from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.core.actor import SYSTEM
from passerelle.limits.models import Counter, Pause
from tests.conftest import NOW
from tests.entry.conftest import House
from tests.factors.conftest import authenticator

ENDED = "Your session has ended. Sign in again; the page you asked for opens then."


def led(client: Client, page: str = "/en/account/") -> str:
    """The sign-in page that a closed page leads to."""
    answer = client.get(page)
    assert answer["Location"].startswith("/en/sign-in/?next=")
    return client.get(answer["Location"]).content.decode()


@pytest.mark.parametrize("cause", ["idle", "too old", "new password", "rows gone", "forged"])
def test_a_session_that_is_over_is_told_once_and_never_counted(
    cause: str, house: House, clock: time_machine.Traveller
) -> None:
    # decision 15
    house.sign_in()
    Counter.objects.all().delete()
    if cause == "idle":
        clock.shift(timedelta(hours=2))
    elif cause == "too old":
        clock.shift(timedelta(days=1))
    elif cause == "new password":
        accounts.set_password(person_id=house.plsa.pk, password="nine green lamps hum", actor=SYSTEM, now=NOW)
    elif cause == "rows gone":
        Session.objects.all().delete()
    else:
        house.client.cookies["session"] = "b" * 32
    assert led(house.client).count(ENDED) == 1
    assert ENDED not in led(house.client)
    assert not Counter.objects.exists()
    assert not Pause.objects.exists()
    assert not Event.objects.filter(tag=Tag.SIGN_IN_REFUSED).exists()


def test_somebody_without_a_session_is_told_nothing(house: House) -> None:
    assert ENDED not in led(house.client)


def test_somebody_who_signed_out_is_told_nothing(house: House) -> None:
    house.sign_in()
    house.client.post("/en/sign-out/")
    assert ENDED not in led(house.client)


def test_somebody_before_the_second_factor_is_told_nothing(house: House) -> None:
    authenticator(house.plsa)
    assert house.sign_in()["Location"] == "/en/sign-in/second-factor/"
    assert ENDED not in led(house.client)


def test_a_form_that_was_kept_has_words_of_its_own(house: House, clock: time_machine.Traveller) -> None:
    house.sign_in()
    clock.shift(timedelta(hours=2))
    answer = house.client.post("/en/account/details/", {"first_name": "Paulette"})
    page = house.client.get(answer["Location"]).content.decode()
    assert "What you typed is kept" in page
    assert ENDED not in page
