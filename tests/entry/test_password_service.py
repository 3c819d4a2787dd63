"""The password service: rules in words, what a change ends, who is told, and a temporary password that works once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from passerelle.accounts import actions as accounts
from passerelle.accounts.enums import FactorKind, LoginState, StateReason
from passerelle.accounts.models import Person, SecondFactor, Session
from passerelle.accounts.rules import former_password_counts
from passerelle.accounts.tasks import forget_passwords
from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.core.actor import SYSTEM
from passerelle.core.errors import Refused
from passerelle.mail.models import Message
from tests.conftest import NOW
from tests.entry.conftest import PASSWORD, House
from tests.entry.test_gates import DEEP, NEW, expired

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


def change(house: House, new: str = NEW, **more: str) -> object:
    return house.client.post("/en/password/", {"new_password": new, **more})


def test_a_change_ends_every_other_session_and_keeps_this_browser(house: House) -> None:
    # D6
    phone, office = Client(HTTP_USER_AGENT=FIREFOX), Client()
    for client in (house.client, phone, office):
        assert house.sign_in(client=client).status_code == 302
    before = house.client.cookies["session"].value
    answer = house.client.post("/en/password/", {"new_password": NEW})
    assert answer["Location"] == "/en/password/saved/"
    page = house.client.get("/en/password/saved/").content.decode()
    assert "Firefox on Linux" in page
    assert page.count("10:30 (Paris time)") == 2
    assert house.is_in()
    assert house.client.cookies["session"].value != before
    assert not house.is_in(phone)
    assert not house.is_in(office)
    assert Session.objects.filter(person=house.plsa).count() == 1
    assert not house.is_in(_with_session(before))
    assert house.sign_in(password=NEW, client=office).status_code == 302


def _with_session(key: str) -> Client:
    client = Client()
    client.cookies["session"] = key
    return client


def test_a_session_that_was_over_already_is_not_called_ended(house: House, clock: time_machine.Traveller) -> None:
    house.sign_in(client=Client())
    clock.shift(timedelta(hours=2))
    house.sign_in()
    house.client.post("/en/password/", {"new_password": NEW})
    assert b"No other session was open." in house.client.get("/en/password/saved/").content


def test_the_owner_is_told_by_mail_and_the_trail_keeps_it(house: House) -> None:
    # D6
    house.sign_in()
    Message.objects.all().delete()
    house.client.post("/en/password/", {"new_password": NEW}, headers={"User-Agent": FIREFOX})
    mail = Message.objects.get(kind="accounts/password_changed")
    assert mail.to_address == house.plsa.email
    assert mail.context["device"] == "Firefox on Linux"
    assert NEW not in str(mail.context)
    line = Event.objects.filter(tag=Tag.PASSWORD_SET).latest("pk")
    assert (line.actor_key, line.person_key) == (house.plsa.key, house.plsa.key)


def test_this_browser_stays_a_known_one(house: House) -> None:
    # decision 13: the cookie follows the new epoch
    def cookies() -> dict[str, str]:
        return {name: found.value for name, found in house.client.cookies.items() if name.startswith("device_")}

    house.sign_in()
    before = cookies()
    change(house)
    after = cookies()
    assert before.keys() == after.keys()
    assert before != after


def test_the_present_password_is_asked_unless_it_was_given_a_moment_ago(
    house: House, clock: time_machine.Traveller
) -> None:
    house.sign_in()
    assert b"Current password" not in house.client.get("/en/password/").content
    clock.shift(timedelta(minutes=5))
    page = house.client.get("/en/password/").content
    assert page.index(b"Current password") < page.index(b"New password")
    for current, said in (("", b"Enter"), ("wrong", b"This is not your present password")):
        answer = house.client.post("/en/password/", {"current_password": current, "new_password": NEW})
        assert answer.status_code == 422
        assert said in answer.content
    assert not house.plsa.check_password(NEW)
    answer = house.client.post("/en/password/", {"current_password": PASSWORD, "new_password": NEW})
    assert answer.status_code == 302
    assert b"Current password" not in house.client.get("/en/password/").content


def test_the_present_password_cannot_be_guessed_in_a_session(house: House, clock: time_machine.Traveller) -> None:
    house.sign_in()
    clock.shift(timedelta(minutes=5))
    for _ in range(10):
        house.client.post("/en/password/", {"current_password": "wrong", "new_password": NEW})
    answer = house.client.post("/en/password/", {"current_password": PASSWORD, "new_password": NEW})
    assert answer.status_code == 422
    assert b"mistyped too often" in answer.content
    assert Person.objects.get().check_password(PASSWORD)


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ("fourteen signs", "Password must be 15 characters or more"),
        ("x y" * 50, "Password must be 128 characters or fewer"),
        ("Sunshine12345678", "lists of known passwords"),
        ("p@ssw0rdp@ssw0rd", "lists of known passwords"),
        ("monkeymonkeymonkey", "lists of known passwords"),
        ("Paula@fournier.example", "your own name, login or address"),
        (PASSWORD, "This is your present password"),
    ],
)
def test_what_a_password_lacks_is_said_in_words(new: str, said: str, house: House) -> None:
    # decision 12
    house.sign_in()
    answer = house.client.post("/en/password/", {"new_password": new})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert new not in answer.content.decode()
    assert house.is_in()


def test_twelve_characters_do_beside_a_second_factor(house: House) -> None:
    # decision 12
    house.sign_in()
    assert change(house, "twelve signs").status_code == 422  # type: ignore[attr-defined]
    SecondFactor.objects.create(
        person=house.plsa, kind=FactorKind.PASSKEY, name="Key", credential_digest="d", created_at=NOW
    )
    assert b"At least 12 characters" in house.client.get("/en/password/").content
    answer = house.client.post("/en/password/", {"new_password": "eleven sign"})
    assert b"Password must be 12 characters or more" in answer.content
    assert change(house, "twelve signs").status_code == 302  # type: ignore[attr-defined]


@pytest.mark.parametrize(("language", "rule"), [("en", "At least 15 characters"), ("fr", "Nouveau mot de passe")])
def test_the_rules_stand_on_the_page_without_a_script(language: str, rule: str, house: House) -> None:
    # decision 25
    house.sign_in()
    page = house.client.get(f"/{language}/password/").content.decode()
    assert rule in page
    field = re.search(r"<input[^>]*new_password[^>]*>", page)
    assert field
    assert 'autocomplete="new-password"' in field[0]
    assert "maxlength" not in field[0]
    assert "onpaste" not in page
    assert 'autocomplete="username"' in page


def test_a_language_switch_changes_no_password(house: House) -> None:
    house.sign_in()
    answer = house.client.post("/fr/password/", {"new_password": NEW, "_switch": "1"})
    assert answer.status_code == 200
    assert NEW not in answer.content.decode()
    assert Person.objects.get().check_password(PASSWORD)


# ---------------------------------------------------------------------------------------------- temporary passwords


def temporary(house: House) -> str:
    made = accounts.new_temporary()
    accounts.make_temporary(person_id=house.plsa.pk, made=made, actor=SYSTEM, now=NOW)
    return made.text


def test_a_temporary_password_works_once_and_must_be_changed(house: House) -> None:
    # decision 16
    house.sign_in()
    text = temporary(house)
    assert re.fullmatch(r"([2-9a-hj-km-np-z]{5}-){3}[2-9a-hj-km-np-z]{5}", text)
    assert Event.objects.filter(tag=Tag.PASSWORD_MADE_TEMPORARY, person_key=house.plsa.key).count() == 1
    assert text not in str(list(Event.objects.values()))
    assert not house.is_in()
    assert house.sign_in(password=PASSWORD).status_code == 422
    answer = house.client.post("/en/sign-in/", {"login": house.plsa.login, "password": text, "next": DEEP}, follow=True)
    page = answer.content.decode()
    assert "works once" in page
    assert "Current password" not in page
    other = Client()
    assert house.sign_in(password=text, client=other).status_code == 422
    same = house.client.post("/en/password/", {"new_password": text, "next": DEEP})
    assert b"This is your present password" in same.content
    assert house.client.post("/en/password/", {"new_password": NEW, "next": DEEP})["Location"] == DEEP
    assert house.client.get(DEEP).status_code == 200
    person = Person.objects.get()
    assert (person.must_change_since, person.temporary_until) == (None, None)
    assert house.sign_in(password=NEW, client=other).status_code == 302
    assert house.is_in(other)


def test_a_temporary_password_ends_by_time(house: House, clock: time_machine.Traveller) -> None:
    text = temporary(house)
    clock.shift(timedelta(minutes=30))
    assert house.sign_in(password=text).status_code == 422


def test_of_two_sign_ins_with_a_temporary_password_one_wins(house: House) -> None:
    temporary(house)
    accounts.spend_temporary(person_id=house.plsa.pk, actor=SYSTEM, now=NOW)
    with pytest.raises(Refused, match="temporary_password_ended"):
        accounts.spend_temporary(person_id=house.plsa.pk, actor=SYSTEM, now=NOW)


def test_a_temporary_password_is_nobodys_former_one(house: House) -> None:
    # D7: what its owner forgot stays the former password
    forgotten = house.plsa.password
    temporary(house)
    temporary(house)
    person = Person.objects.get()
    assert person.previous_password == forgotten
    assert not former_password_counts(person, now=NOW)
    person = accounts.set_password(person_id=person.pk, password=NEW, actor=SYSTEM, now=NOW)
    assert person.previous_password == forgotten
    assert former_password_counts(person, now=NOW + timedelta(days=89))
    assert not former_password_counts(person, now=NOW + timedelta(days=90))
    temporary(house)
    person = accounts.set_password(person_id=person.pk, password=NEW, actor=SYSTEM, now=NOW)
    assert person.previous_password == ""


def test_a_closed_login_gets_no_temporary_password(house: House) -> None:
    accounts.change_state(
        person_id=house.plsa.pk, to=LoginState.SUSPENDED, reason=StateReason.BY_PLSA, actor=SYSTEM, now=NOW
    )
    with pytest.raises(Refused, match="login_closed"):
        temporary(house)


def test_former_passwords_are_forgotten_in_time(house: House) -> None:
    # decision 13
    accounts.set_password(person_id=house.plsa.pk, password=NEW, actor=SYSTEM, now=NOW)
    assert accounts.forget_former_passwords(actor=SYSTEM, now=NOW + timedelta(days=89)) == 0
    assert accounts.forget_former_passwords(actor=SYSTEM, now=NOW + timedelta(days=90)) == 1
    person = Person.objects.get()
    assert (person.previous_password, person.previous_password_at) == ("", None)
    accounts.set_password(person_id=house.plsa.pk, password=PASSWORD, actor=SYSTEM, now=NOW - timedelta(days=90))
    forget_passwords.func()
    assert Person.objects.get().previous_password == ""


def test_a_reminder_begins_anew_with_the_new_password(house: House) -> None:
    expired(house.plsa)
    Person.objects.update(expiry_reminded_days=1)
    assert accounts.set_password(
        person_id=house.plsa.pk, password=NEW, actor=SYSTEM, now=NOW
    ).expiry_reminded_days is None  # fmt: skip
