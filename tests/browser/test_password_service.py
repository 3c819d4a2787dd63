"""The password service in a real browser: rules that follow what is typed, with and without a script (D5, D6, D11)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from passerelle.accounts import actions as accounts
from passerelle.accounts.models import Person
from passerelle.core.actor import SYSTEM
from passerelle.suppliers.models import Company
from passerelle.terms import actions as terms
from passerelle.terms.models import Audience
from tests import cast
from tests.browser import chromium
from tests.browser.conftest import Opens
from tests.browser.window import Window
from tests.entry.conftest import PASSWORD, open_for

pytestmark = chromium.MARKS

NEW = "nine green lamps hum"
MET = ["short", "long", "personal", "common"]


@pytest.fixture
def plsa(company: Company, now: datetime) -> Person:
    """A PLSA of two companies whose password is older than it may be, in a brand with terms for persons."""
    made = accounts.create_login(
        first_name="Paula", last_name="O'Plsa", email="paula@fournier.example", language="en", actor=SYSTEM, now=now
    )
    before = now - timedelta(days=200)
    made = accounts.set_password(person_id=made.pk, password=PASSWORD, actor=SYSTEM, now=before)
    open_for(company, made)
    open_for(cast.company(now, cofor="EF34GH", name="Second"), made)
    terms.publish(
        number=1, effective_at=before, deadline_at=None, audience=Audience.PERSON, actor=SYSTEM, now=now,
        wordings=[
            terms.Wording("en", "Rules for people", "## 1. Your login\n\nIt is yours alone."),
            terms.Wording("fr", "Règles pour les personnes", "## 1. Votre identifiant\n\nIl n'est qu'à vous."),
        ],
    )  # fmt: skip
    return made


def sign_in(window: Window, person: Person, page: str) -> None:
    window.goes(page)
    window.fill(window.words.login, person.login)
    window.fill(window.words.password, PASSWORD)
    window.press(window.words.sign_in)


def met(window: Window) -> list[str]:
    items = window.page.locator("[data-password-rules] [data-met='true']")
    return [str(item.get_attribute("data-rule")) for item in items.all()]


@pytest.mark.parametrize(("language", "script"), [("en", True), ("fr", True), ("en", False), ("fr", False)])
def test_an_expired_password_is_changed_and_the_page_asked_for_opens_behind_every_gate(
    language: str, script: bool, opens: Opens, plsa: Person
) -> None:
    # D5, E6, decision 25
    small = language == "fr"
    window = opens(language, width=390 if small else 1360, dark=small, examined=script, script=script)
    words = window.words
    sign_in(window, plsa, "home/?from=mail")
    assert f"/{language}/password/" in window.page.url
    assert "180" in window.text
    window.fill(words.new_password, "fourteen signs")
    assert window.press(words.save_password) == 422
    assert "15" in window.page.locator(".errors").inner_text()
    assert window.box(words.new_password).input_value() == ""
    window.fill(words.new_password, NEW)
    assert window.press(words.save_password) == 200
    assert window.heading == {"en": "Rules for people", "fr": "Règles pour les personnes"}[language]
    window.page.locator("[name=accept]").check()
    window.leads(lambda: window.page.locator("#terms .button").click())
    window.look()
    window.leads(lambda: window.page.locator("main button[name=company]").last.click())
    window.look()
    assert window.page.url.endswith("/home/?from=mail")
    assert "Second" in window.text


def test_the_rules_follow_what_is_typed(opens: Opens, plsa: Person) -> None:
    # D6, D11
    window = opens("en", examined=True)
    sign_in(window, plsa, "home/")
    box = window.box("New password")
    assert box.get_attribute("autocomplete") == "new-password"
    for typed, rules in (
        ("kettles", ["long", "personal", "common"]),
        ("aaaaaaaaaaaaaaaaaa", ["short", "long", "personal"]),
        ("abcdefghijklmnopq", ["short", "long", "personal"]),
        ("azertyuiopazertyuiop", ["short", "long", "personal"]),
        ("Paula@fournier.example", ["short", "long", "common"]),
        ("nine green lamps hum " * 7, ["short", "personal", "common"]),
        (NEW, MET),
        ("", []),
    ):
        box.fill(typed)
        assert met(window) == rules, typed
    window.look()
    window.button("Show password").click()
    assert box.get_attribute("type") == "text"
    # What is left to do is read out once the typing rests.
    box.press_sequentially("kettles")
    said = window.page.locator(".rules__said")
    said.filter(has_text="At least 15 characters").wait_for(state="attached")


def test_the_sessions_that_ended_are_shown(opens: Opens, plsa: Person, now: datetime) -> None:
    # D6
    Person.objects.update(password_changed_at=now)
    first, second = opens("en"), opens("en", examined=True)
    for window in (first, second):
        sign_in(window, plsa, "password/")
        if window is first:
            window.page.locator("[name=accept]").check()
            window.leads(lambda window=window: window.page.locator("#terms .button").click())
        window.leads(lambda window=window: window.page.locator("main button[name=company]").last.click())
    second.fill("New password", NEW)
    second.press("Save password")
    assert second.heading == "Your password is saved"
    assert "Chrome on Linux" in second.text
    assert second.follow("Continue") == 200
    first.goes("home/")
    assert first.heading == "Sign in"
