"""What was typed when a session had ended is there again after signing in: once, for the same person (WCAG 2.2.1)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client

from passerelle import brand
from passerelle.accounts.enums import FactorKind
from passerelle.accounts.models import Person, SecondFactor, Session
from passerelle.core.actor import SYSTEM
from passerelle.core.errors import Refused
from passerelle.entry.actions.drafts import keep_draft, sweep_drafts, take_draft
from passerelle.entry.models import Draft
from passerelle.web import drafts
from tests.conftest import NOW
from tests.entry.conftest import PASSWORD, House, open_for, person

PAGE = "/en/account/details/"
TYPED = {"last_name": "Typed & <kept>", "first_name": "Paula", "phone": "+33 1", "function": "IT"}


def send(house: House, address: str = PAGE, data: dict[str, str] | None = None, referer: str = PAGE) -> Any:
    headers = {"referer": f"http://testserver{referer}"} if referer else {}
    return house.client.post(address, TYPED if data is None else data, headers=headers)


def let_it_end(clock: time_machine.Traveller) -> None:
    clock.shift(timedelta(minutes=brand.current().policies.session_idle_minutes + 2))


@pytest.mark.parametrize("back", ["/en/account/details/", "/fr/account/details/"])
def test_a_form_sent_after_the_session_is_there_again_once(
    house: House, clock: time_machine.Traveller, back: str
) -> None:
    # decision 15, WCAG 2.2.1
    house.sign_in()
    let_it_end(clock)
    answer = send(house)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/en/sign-in/?next=")
    sign_in = house.client.get(answer["Location"])
    assert b"What you typed is kept" in sign_in.content
    house.sign_in()
    page = house.client.get(back).content.decode()
    assert "Typed &amp; &lt;kept&gt;" in page
    assert not Draft.objects.exists()
    assert "Typed" not in house.client.get(back).content.decode()
    house.plsa.refresh_from_db()
    assert house.plsa.last_name == "O'Plsa"


def test_a_form_that_meets_a_shut_gate_is_there_again_once_the_gate_is_passed(
    house: House, clock: time_machine.Traveller
) -> None:
    # D5: the password expired while the form was being filled in
    house.sign_in()
    Person.objects.update(password_changed_at=NOW - timedelta(days=400))
    answer = send(house)
    assert answer["Location"].startswith("/en/password/?next=")
    assert b"What you typed is kept" in house.client.get(answer["Location"]).content
    Person.objects.update(password_changed_at=NOW)
    assert b"Typed" in house.client.get(PAGE).content


def test_a_form_that_needs_a_fresh_proof_is_there_again_after_it(house: House, clock: time_machine.Traveller) -> None:
    house.sign_in()
    clock.shift(timedelta(minutes=6))
    address = "/en/account/email/"
    answer = send(house, address, {"email": "typed@x.example"}, referer=address)
    confirmed = house.client.post(answer["Location"], {"password": PASSWORD})
    assert b"typed@x.example" in house.client.get(confirmed["Location"]).content


def test_another_person_of_the_same_browser_does_not_see_it(house: House, clock: time_machine.Traveller) -> None:
    other = person("omar@fournier.example")
    open_for(house.company, other)
    house.sign_in()
    let_it_end(clock)
    send(house)
    house.sign_in(other.login)
    assert b"Typed" not in house.client.get(PAGE).content
    house.client.post("/en/sign-out/")
    house.sign_in()
    assert b"Typed" in house.client.get(PAGE).content


def test_another_browser_of_the_same_person_does_not_see_it(house: House, clock: time_machine.Traveller) -> None:
    house.sign_in()
    let_it_end(clock)
    send(house)
    elsewhere = Client()
    house.sign_in(client=elsewhere)
    assert b"Typed" not in elsewhere.get(PAGE).content


def test_the_form_of_a_session_that_the_server_ended_is_shown_to_its_person_only(house: House) -> None:
    # decision 15: ended from elsewhere, the row is gone, and another person sits down at the browser
    other = person("bob@fournier.example")
    open_for(house.company, other)
    house.sign_in()
    Session.objects.all().delete()
    send(house)
    assert Draft.objects.get().person_key == house.plsa.key
    house.sign_in(other.login)
    assert b"Typed" not in house.client.get(PAGE).content
    Session.objects.all().delete()
    house.sign_in()
    assert b"Typed" in house.client.get(PAGE).content


def test_a_browser_whose_session_the_server_ended_stays_one_of_its_last_person(house: House) -> None:
    other = person("bob@fournier.example")
    open_for(house.company, other)
    house.sign_in()
    Session.objects.all().delete()
    house.sign_in(other.login)
    Session.objects.all().delete()
    send(house)
    assert Draft.objects.get().person_key == other.key


def test_word_of_the_last_person_is_kept_like_the_session(house: House) -> None:
    house.sign_in()
    word, session = house.client.cookies[drafts.WHOSE], house.client.cookies["session"]
    for flag in ("httponly", "secure", "samesite", "path", "domain", "max-age"):
        assert word[flag] == session[flag], flag
    assert drafts.WHOSE not in house.client.get(PAGE).cookies
    house.client.post("/en/sign-out/")
    assert house.client.cookies[drafts.WHOSE].value == ""
    send(house)
    assert not Draft.objects.exists()


def test_a_right_password_before_the_second_factor_leaves_no_word(house: House) -> None:
    SecondFactor.objects.create(
        person=house.plsa, kind=FactorKind.PASSKEY, name="Key", credential_digest="d", created_at=NOW
    )
    assert house.sign_in().status_code == 302
    assert "session" in house.client.cookies
    assert drafts.WHOSE not in house.client.cookies


def test_word_of_a_person_cannot_be_forged(house: House) -> None:
    house.client.cookies[drafts.WHOSE] = f"{house.plsa.key}:1abcde:x"
    send(house)
    assert not Draft.objects.exists()


def test_a_draft_without_a_person_of_an_earlier_version_is_given_to_nobody(house: House) -> None:
    house.sign_in()
    Session.objects.all().delete()
    send(house)
    Draft.objects.update(person_key="")
    house.sign_in()
    assert b"Typed" not in house.client.get(PAGE).content
    found = Draft.objects.get()
    assert take_draft(keys=[found.key], path=found.path, person_key="", actor=SYSTEM, now=NOW) is None
    with pytest.raises(Refused, match="draft_of_nobody"):
        keep_draft(path=found.path, fields=[("a", "b")], person_key="", actor=SYSTEM, now=NOW)


def test_secrets_and_marks_are_never_kept(house: House, clock: time_machine.Traveller) -> None:
    house.sign_in()
    let_it_end(clock)
    secrets = {
        "new_password": "S3CRET", "password": "S3CRET", "recovery_code": "S3CRET", "code": "S3CRET",
        "csrfmiddlewaretoken": "S3CRET", "altcha": "S3CRET", "credential": "S3CRET",
    }  # fmt: skip
    send(house, data=TYPED | secrets)
    assert "S3CRET" not in str(Draft.objects.get().fields)


@pytest.mark.parametrize(
    ("data", "referer"),
    [
        ({"last_name": "A" * 100_001}, PAGE),
        ({"last_name": "é" * 60_000}, PAGE),
        ({"last_name": "  "}, PAGE),
        ({}, PAGE),
        (TYPED, "/en/account/"),  # a button of another page
    ],
)
def test_what_cannot_be_shown_again_is_not_kept(
    house: House, clock: time_machine.Traveller, data: dict[str, str], referer: str
) -> None:
    house.sign_in()
    let_it_end(clock)
    answer = send(house, data=data, referer=referer)
    assert answer.status_code == 302
    assert not Draft.objects.exists()
    assert b"is kept" not in house.client.get(answer["Location"]).content


def test_a_stranger_fills_no_table(house: House) -> None:
    answer = send(house)
    assert answer.status_code == 302
    assert not Draft.objects.exists()
    assert b"is kept" not in house.client.get(answer["Location"]).content


def test_a_browser_whose_session_ended_fills_no_table(house: House) -> None:
    house.sign_in()
    Session.objects.all().delete()
    for _ in range(40):
        send(house)
    assert Draft.objects.count() == 30


@pytest.mark.parametrize("cookie", ["", "x", "a.b.c", "é" * 50, "A" * 5000, '"\\000"'])
def test_a_forged_cookie_brings_nothing(house: House, clock: time_machine.Traveller, cookie: str) -> None:
    house.sign_in()
    let_it_end(clock)
    send(house)
    thief = Client()
    house.sign_in(client=thief)
    session = thief.cookies["session"].value
    answer = thief.get(PAGE, headers={"cookie": f"session={session}; drafts={cookie}"})
    assert answer.status_code == 200
    assert b"Typed" not in answer.content


def test_null_characters_are_kept_as_unreadable(house: House, clock: time_machine.Traveller) -> None:
    house.sign_in()
    let_it_end(clock)
    send(house, data={"last_name": "A\x00B"})
    house.sign_in()
    assert "A\ufffdB" in house.client.get(PAGE).content.decode()


def test_drafts_of_yesterday_are_neither_shown_nor_kept(house: House, clock: time_machine.Traveller) -> None:
    house.sign_in()
    let_it_end(clock)
    send(house)
    assert sweep_drafts(actor=SYSTEM, now=NOW) == 0
    clock.shift(timedelta(hours=24, minutes=1))
    house.sign_in()
    assert b"Typed" not in house.client.get(PAGE).content
    assert sweep_drafts(actor=SYSTEM, now=NOW + timedelta(hours=25)) == 1


@pytest.mark.parametrize(
    ("referer", "wanted"),
    [
        ("http://testserver/en/account/sessions/?a=1", "/en/account/sessions/?a=1"),
        ("http://elsewhere.example/en/account/sessions/", "/en/account/sessions/end-others/"),
        ("http://testserver/en/nothing-here/", "/en/account/sessions/end-others/"),
        ("javascript:alert(1)", "/en/account/sessions/end-others/"),
        ("http://[", "/en/account/sessions/end-others/"),
        ("", "/en/account/sessions/end-others/"),
    ],
)
def test_a_button_pressed_too_late_leads_back_to_its_page(house: House, referer: str, wanted: str) -> None:
    # the address of the button answers POST only: coming back to it would be a dead end
    answer = house.client.post("/en/account/sessions/end-others/", headers={"referer": referer})
    assert parse_qs(urlsplit(answer["Location"]).query)["next"] == [wanted]
