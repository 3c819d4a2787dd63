"""The session warns before it ends, is put off in one press in every tab, and loses nothing typed (WCAG 2.2.1)."""

from __future__ import annotations

from datetime import datetime

import pytest
from playwright.sync_api import Locator, Page

from passerelle.accounts import actions as accounts
from passerelle.accounts.models import Person, Session
from passerelle.core.actor import SYSTEM
from passerelle.suppliers.models import Company
from tests.browser import chromium
from tests.browser.conftest import Opens
from tests.browser.window import Window
from tests.entry.conftest import PASSWORD, open_for

pytestmark = chromium.MARKS


@pytest.fixture
def plsa(company: Company, now: datetime) -> Person:
    made = accounts.create_login(
        first_name="Paula", last_name="O'Plsa", email="paula@fournier.example", language="en", actor=SYSTEM, now=now
    )
    made = accounts.set_password(person_id=made.pk, password=PASSWORD, actor=SYSTEM, now=now)
    open_for(company, made)
    return made


@pytest.fixture(params=["en", "fr"])
def window(request: pytest.FixtureRequest, opens: Opens) -> Window:
    small = request.param == "fr"
    return opens(request.param, width=390 if small else 1360, dark=small, examined=True)


def sign_in(window: Window, person: Person, page: str = "") -> None:
    if page:
        window.goes(page)
    window.page.locator("[name=login]").fill(person.login)
    window.page.locator("[name=password]").fill(PASSWORD)
    window.leads(lambda: window.page.locator("#sign-in button[type=submit]").last.click())
    window.look()


def dialog(page: Page) -> Locator:
    return page.locator("#session-dialog")


def said(page: Page) -> str:
    return page.locator("[data-session-say]").inner_text()


def end_for_real() -> None:
    Session.objects.all().delete()


def test_the_warning_opens_five_minutes_before_and_is_put_off_in_one_press(window: Window, plsa: Person) -> None:
    # ux L8, decision 15
    window.page.clock.install()
    sign_in(window, plsa, "account/details/")
    window.page.locator("[name=last_name]").fill("Typed before")
    window.page.clock.fast_forward("24:30")
    assert not dialog(window.page).is_visible()
    window.page.clock.fast_forward("00:31")
    dialog(window.page).wait_for()
    assert window.page.evaluate("document.activeElement.closest('[data-session-stay]') !== null")
    assert dialog(window.page).locator(".button:visible").count() == 2
    words = [said(window.page)]
    window.look()
    for step in ("03:00", "01:00", "00:40"):
        window.page.clock.fast_forward(step)
        words.append(said(window.page))
    assert all(words)
    assert len(set(words)) == 4
    window.page.locator("[data-session-stay] button").click()
    dialog(window.page).wait_for(state="hidden")
    assert window.page.locator("[name=last_name]").input_value() == "Typed before"
    window.page.clock.fast_forward("24:30")
    assert not dialog(window.page).is_visible()
    window.page.clock.fast_forward("00:40")
    dialog(window.page).wait_for()
    window.page.keyboard.press("Escape")
    dialog(window.page).wait_for(state="hidden")


def test_staying_signed_in_counts_in_every_tab(opens: Opens, plsa: Person) -> None:
    window = opens()
    window.page.clock.install()
    sign_in(window, plsa, "account/")
    other = window.page.context.new_page()
    other.goto(f"{window.site}/en/account/details/")
    window.page.clock.fast_forward("25:10")
    dialog(window.page).wait_for()
    dialog(other).wait_for()
    other.locator("[data-session-stay] button").click()
    dialog(other).wait_for(state="hidden")
    dialog(window.page).wait_for(state="hidden")


def test_what_was_typed_before_the_end_is_there_after_signing_in(window: Window, plsa: Person) -> None:
    # ux L9: you come back to the same page
    window.page.clock.install()
    sign_in(window, plsa, "account/details/")
    window.page.locator("[name=last_name]").fill("Typed <before>")
    window.page.clock.fast_forward("31:00")
    window.page.locator("[data-session-again]").wait_for()
    assert dialog(window.page).locator(".button:visible").count() == 1
    window.look()
    end_for_real()
    window.leads(lambda: window.page.locator("[data-session-again]").click())
    assert "/sign-in/" in window.page.url
    assert window.page.locator("main .notice").first.is_visible()
    sign_in(window, plsa)
    assert window.page.url.endswith("/account/details/")
    assert window.page.locator("[name=last_name]").input_value() == "Typed <before>"
    window.leads(lambda: window.page.locator("#details button[type=submit]").last.click())
    plsa.refresh_from_db()
    assert plsa.last_name == "Typed <before>"


def test_without_a_script_the_server_keeps_what_was_typed(opens: Opens, plsa: Person) -> None:
    window = opens(script=False)
    sign_in(window, plsa, "account/details/")
    assert "Signed in until" in window.page.locator(".bar__end").inner_text()
    assert not dialog(window.page).is_visible()
    window.page.locator("[name=last_name]").fill("Typed before")
    end_for_real()
    window.leads(lambda: window.page.locator("#details button[type=submit]").last.click())
    assert "What you typed is kept" in window.text
    sign_in(window, plsa)
    assert window.page.url.endswith("/account/details/")
    assert window.page.locator("[name=last_name]").input_value() == "Typed before"


@pytest.mark.parametrize("page", ["", "details/", "email/", "language/", "sessions/", "activity/", "data/"])
def test_a_page_of_my_account_meets_wcag_and_fits(window: Window, plsa: Person, page: str) -> None:
    sign_in(window, plsa, f"account/{page}")
    assert window.page.url.endswith(f"/account/{page}")
    assert window.page.locator("main .button:not(.button--secondary):visible").count() <= 1
