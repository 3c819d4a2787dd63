"""The pages of the road in their other states: errors, links that no longer act. Each is held against WCAG, in
English-light-1360 and French-dark-390, and says what to do (decision 9, ux P12–P17)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from passerelle.core.actor import SYSTEM
from passerelle.mail.models import Link
from passerelle.opening import actions
from passerelle.opening.models import Opening
from passerelle.suppliers.models import Company
from tests import cast
from tests.browser import chromium, post
from tests.browser.conftest import Opens
from tests.browser.window import Window

pytestmark = chromium.MARKS


@pytest.fixture(params=["en", "fr"])
def window(request: pytest.FixtureRequest, opens: Opens) -> Window:
    small = request.param == "fr"
    return opens(request.param, width=390 if small else 1360, dark=small, examined=True)


@pytest.fixture
def opening(company: Company, now: datetime, window: Window) -> Opening:
    return cast.ask(company, now, language=window.words.language)


def has_errors(window: Window) -> bool:
    """The error summary stands there, the title says so, and each line leads to a field."""
    links = window.page.locator(".errors a")
    targets = [str(links.nth(place).get_attribute("href")) for place in range(links.count())]
    return (
        window.title.startswith(window.words.error)
        and bool(targets)
        and all(window.page.locator(target).count() == 1 for target in targets)
    )


def test_an_analysis_with_a_fault_says_how_to_mend_it(window: Window, site: str) -> None:
    window.goes("get-an-access/")
    assert window.press(window.words.start) == 422
    assert has_errors(window)
    window.fill("COFOR", "AB!")
    assert window.press(window.words.start) == 422
    assert has_errors(window)
    assert window.box("COFOR").input_value() == "AB!"
    window.fill("COFOR", "ZZZ999")
    assert window.press(window.words.start) == 200
    assert window.page.locator("[data-check=cofor_exists]").count() == 1


def test_a_request_with_faults_names_each_person_and_keeps_what_was_typed(window: Window, company: Company) -> None:
    window.goes(f"get-an-access/?cofor={company.cofor}")
    window.fill(window.words.last_name, "Requester")
    window.fill(window.words.email, "rita.fournier.example")
    assert window.press(window.words.send) == 422
    assert has_errors(window)
    assert window.page.locator(".errors a").count() == 8
    assert window.box(window.words.last_name).input_value() == "Requester"
    assert window.box(window.words.email).input_value() == "rita.fournier.example"


def test_an_acceptance_with_faults_spends_nothing(window: Window, opening: Opening) -> None:
    window.go(post.link(window, cast.REPRESENTATIVE.email, "/terms/"))
    assert window.press(window.words.accept_button) == 422
    assert has_errors(window)
    window.fill("COFOR", "ZZ99ZZ")  # well formed, and another company's
    window.box(window.words.accept).check()
    window.page.get_by_label(window.words.somebody_else).check()
    assert window.press(window.words.accept_button) == 422
    assert has_errors(window)
    window.page.get_by_label(window.words.somebody_else).check()
    window.name_people(cast.PLSA)
    window.box(window.words.accept).check()
    assert window.press(window.words.accept_button) == 422
    assert "ZZ99ZZ" in window.box("COFOR").input_value()
    window.fill("COFOR", opening.company.cofor)
    window.box(window.words.accept).check()
    assert window.press(window.words.accept_button) == 200
    assert window.heading == window.words.done


def test_a_password_or_sign_in_with_a_fault_says_so_and_fills_no_password_in(window: Window, opening: Opening) -> None:
    window.go(post.link(window, cast.REPRESENTATIVE.email, "/terms/"))
    window.fill("COFOR", opening.company.cofor)
    window.box(window.words.accept).check()
    window.press(window.words.accept_button)
    window.go(post.link(window, cast.PLSA.email, "/password/"))
    window.fill(window.words.new_password, "short")
    assert window.press(window.words.save_password) == 422
    assert has_errors(window)
    assert window.box(window.words.new_password).input_value() == ""
    window.goes("sign-in/")
    window.fill(window.words.login, "V2345678")
    window.fill(window.words.password, "some wrong words here")
    assert window.press(window.words.sign_in) == 422
    assert window.box(window.words.password).input_value() == ""
    assert window.box(window.words.login).input_value() == "V2345678"


def test_each_link_that_no_longer_acts_says_why(window: Window, opening: Opening, now: datetime) -> None:
    first = post.link(window, cast.REPRESENTATIVE.email, "/terms/")
    actions.resend_terms(opening_key=opening.key, actor=SYSTEM, now=now)
    assert window.go(first) == 410  # superseded
    second = post.link(window, cast.REPRESENTATIVE.email, "/terms/")
    assert second != first
    superseded = window.heading

    Link.objects.filter(used_at__isnull=True, purpose="terms").update(expires_at=now - timedelta(days=1))
    assert window.go(second) == 410  # expired: one button sends a new one to the same address
    expired = window.heading
    window.leads(window.page.locator("main form button").click)
    window.look()
    third = post.link(window, cast.REPRESENTATIVE.email, "/terms/")
    assert third != second

    window.go(third)
    window.fill("COFOR", opening.company.cofor)
    window.box(window.words.accept).check()
    assert window.press(window.words.accept_button) == 200
    assert window.go(third) == 200  # used
    used = window.heading
    assert window.go(third[:-4]) == 404  # cut off by a mail reader
    unknown = window.heading
    assert len({superseded, expired, used, unknown, window.words.terms}) == 5

    choose = post.link(window, cast.PLSA.email, "/password/")
    Link.objects.filter(purpose="activation").update(expires_at=now - timedelta(days=1))
    assert window.go(choose) == 410
    assert window.go(choose[:-4]) == 404


def test_the_other_answers_to_the_mail_of_the_terms(window: Window, opening: Opening) -> None:
    terms = post.link(window, cast.REPRESENTATIVE.email, "/terms/")
    for path in ("refuse/", "not-me/"):
        assert window.go(f"{terms}{path}") == 200
    assert window.go(post.link(window, "contact@fournier.example", "/objection/")) == 200
    window.page.locator("main textarea").fill("x" * 1001)
    assert window.leads(window.page.locator("main form button[type=submit]").click) == 422
    window.look()
    assert has_errors(window)
    assert window.go(terms) == 200  # nothing was spent by all this


def test_the_forms_that_write_to_the_assistance_say_what_is_missing(window: Window, site: str) -> None:
    for path in ("help/contact/", "get-an-access/unknown-code/"):
        window.goes(path)
        assert window.press(window.words.send) == 422
        assert has_errors(window)
