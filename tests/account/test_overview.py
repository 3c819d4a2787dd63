"""My account: every page of it, in both languages (D11)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from passerelle.accounts.rules.sessions import session_handle
from tests.entry.conftest import PASSWORD, House

PAGES = ("", "details/", "email/", "language/", "sessions/", "activity/", "data/")


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_my_account_opens_for_its_person_alone(house: House, page: str, language: str) -> None:
    # D11
    address = f"/{language}/account/{page}"
    assert house.client.get(address).status_code == 302
    house.sign_in()
    answer = house.client.get(address)
    assert answer.status_code == 200
    assert b"{%" not in answer.content
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("page", ["email/", "sessions/", "data/", "data/download/"])
def test_a_dangerous_page_asks_for_a_fresh_proof(house: House, clock: time_machine.Traveller, page: str) -> None:
    # decision 17, D11
    house.sign_in()
    clock.shift(timedelta(minutes=6))
    answer = house.client.get(f"/en/account/{page}")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/en/account/confirm/?next=")
    confirmed = house.client.post(answer["Location"], {"password": PASSWORD})
    assert confirmed["Location"] == f"/en/account/{page}"
    assert house.client.get(f"/en/account/{page}").status_code == 200


@pytest.mark.parametrize("page", ["sessions/end/", "sessions/end-others/"])
def test_no_session_is_ended_without_a_fresh_proof(house: House, clock: time_machine.Traveller, page: str) -> None:
    other = Client()
    house.sign_in(client=other)
    house.sign_in()
    clock.shift(timedelta(minutes=6))
    handle = session_handle(other.cookies["session"].value)
    answer = house.client.post(f"/en/account/{page}", {"session": handle})
    assert answer["Location"] == "/en/account/sessions/"
    assert house.is_in(other)


def test_the_overview_says_what_is_not_set_up_and_when_the_password_ends(house: House) -> None:
    house.sign_in()
    page = house.client.get("/en/account/").content.decode()
    assert "Not set up" in page
    assert "It must be changed by 29 August 2026." in page
    assert 'href="/en/account/second-factor/"' in page
    assert 'href="/en/password/"' in page
    assert 'href="/en/account/"' in house.client.get("/en/home/").content.decode()


def test_the_frame_says_until_when_one_is_signed_in(house: House, clock: time_machine.Traveller) -> None:
    # WCAG 2.2.1: without a script too
    house.sign_in()
    assert "Signed in until <span data-session-hour>11:00</span>" in house.client.get("/en/account/").content.decode()
    for _ in range(26):
        clock.shift(timedelta(minutes=27))
        page = house.client.get("/en/account/").content.decode()
    assert "22:30</span>" in page  # twelve hours after the sign-in, whatever is done
    assert "data-last" in page
    assert "data-seconds=" not in Client().get("/en/").content.decode()
    assert 'data-hour="22:30"' in house.client.get("/en/").content.decode()


def test_the_end_is_put_off_in_one_press(house: House, clock: time_machine.Traveller) -> None:
    house.sign_in()
    for minutes in (29, 29, 29):
        clock.shift(timedelta(minutes=minutes))
        answer = house.client.post("/en/session/extend/")
        assert answer.json()["seconds"] == 1800
    assert house.is_in()
    assert house.client.get("/en/session/extend/").status_code == 405
    clock.shift(timedelta(minutes=32))
    assert house.client.post("/en/session/extend/").status_code == 302


def test_every_page_of_the_private_area_names_the_company_one_acts_for(house: House) -> None:
    house.sign_in()
    for page in ("home/", *(f"account/{page}" for page in PAGES), "team/", "password/"):
        text = house.client.get(f"/en/{page}").content.decode()
        assert f"<strong>{house.company.name}</strong>" in text, page
