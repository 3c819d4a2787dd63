"""A forgotten login and a forgotten password, walked in a real browser in both languages (D8, D9)."""

from __future__ import annotations

from datetime import datetime

import pytest

from passerelle.accounts import actions as accounts
from passerelle.accounts.enums import LoginState, StateReason
from passerelle.accounts.models import Person
from passerelle.core.actor import SYSTEM
from passerelle.suppliers.models import Company
from tests.browser import chromium, post
from tests.browser.conftest import Opens
from tests.browser.window import Window
from tests.entry.conftest import PASSWORD, open_for

pytestmark = chromium.MARKS

NEW = "nine green lamps hum softly"


def person(company: Company, now: datetime, name: str, language: str, *, plsa: bool = True) -> Person:
    made = accounts.create_login(
        first_name=name, last_name="Moulin", email=f"{name.lower()}@fournier.example", language=language, actor=SYSTEM,
        now=now,
    )  # fmt: skip
    made = accounts.set_password(person_id=made.pk, password=PASSWORD, actor=SYSTEM, now=now)
    open_for(company, made, plsa=plsa)
    return made


def ask(window: Window, who: Person, cofor: str = "AB12CD") -> int:
    window.goes("forgotten-password/")
    window.fill(window.words.email, who.email)
    window.fill(window.words.login, who.login)
    window.fill("COFOR", cofor)
    return window.press(window.words.send)


@pytest.mark.parametrize(("language", "script"), [("en", True), ("fr", False)])
def test_a_plsa_finds_the_login_and_gets_in_again(
    language: str, script: bool, opens: Opens, company: Company, now: datetime
) -> None:
    small = language == "fr"
    window = opens(language, width=390 if small else 1360, dark=small, examined=script, script=script)
    plsa = person(company, now, "Paula", language)
    window.goes("forgotten-login/")
    window.fill("COFOR", "ab12cd")
    window.fill(window.words.email, plsa.email)
    assert window.press(window.words.send) == 200
    assert post.login(window, plsa.email) == plsa.login
    assert ask(window, plsa, "ZZ99ZZ") == 200
    no_match = window.heading
    assert ask(window, plsa) == 200
    assert window.heading != no_match
    assert window.go(post.link(window, plsa.email, "forgotten-password/choose")) == 200
    window.fill(window.words.new_password, "too brief")
    assert window.press(window.words.save_password) == 422
    window.fill(window.words.new_password, NEW)
    assert window.press(window.words.save_password) == 200
    window.goes("sign-in/")
    window.fill(window.words.login, plsa.login)
    window.fill(window.words.password, NEW)
    window.press(window.words.sign_in)
    assert f"/{language}/home/" in window.page.url
    assert window.go(post.link(window, plsa.email, "forgotten-password/choose")) == 200  # used, and says so


def named(window: Window, person: Person) -> None:
    """Type what the page does not fill in: three values do not buy a name."""
    for label, name in ((window.words.last_name, person.last_name), (window.words.first_name, person.first_name)):
        assert window.box(label).input_value() == ""
        window.fill(label, name)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_user_writes_to_the_plsas_and_a_blocked_plsa_to_the_assistance(
    language: str, opens: Opens, company: Company, now: datetime
) -> None:
    window = opens(language, width=390, examined=True)
    plsa = person(company, now, "Paula", language)
    user = person(company, now, "Ugo", language, plsa=False)
    assert ask(window, user) == 200
    assert window.box(window.words.email).input_value() == user.email
    named(window, user)
    assert window.press(window.words.send) == 200
    assert "AS-" in window.text
    assert user.login in post.mails(window, plsa.email)[0]["text"]
    accounts.change_state(
        person_id=plsa.pk, to=LoginState.BLOCKED, reason=StateReason.BY_ASSISTANCE, actor=SYSTEM, now=now
    )
    assert ask(window, plsa) == 200
    named(window, plsa)
    window.fill(window.words.company, company.name)
    window.fill(window.words.comments, "I did nothing wrong.")
    assert window.press(window.words.send) == 200
    assert "AS-" in window.text
    assert not [mail for mail in post.mails(window, plsa.email) if "/choose/" in mail["text"]]
