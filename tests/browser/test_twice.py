"""Pressed twice, switched to the other language, gone back, come too late: nothing is done twice, nothing is lost
(A3, decision 41, issue 2 "Races")."""

from __future__ import annotations

from datetime import datetime

import pytest
from playwright.sync_api import expect

from passerelle.core.powers import Role
from passerelle.memberships.models import Access
from passerelle.opening.models import Opening
from passerelle.suppliers.models import Company
from passerelle.support.models import Ticket
from passerelle.terms.models import Acceptance
from tests import cast
from tests.browser import chromium, post
from tests.browser.conftest import Opens
from tests.browser.test_desk import officer
from tests.browser.window import PATIENCE, Window

pytestmark = chromium.MARKS
with_and_without_script = pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])


def double_click(window: Window, name: str) -> None:
    """Press twice at once and wait for the page that comes of it. Without a script both presses send the form."""
    heading = window.page.locator("h1")
    before = heading.inner_text()
    window.button(name).dblclick()
    expect(heading).not_to_have_text(before, timeout=PATIENCE)
    window.page.wait_for_load_state("networkidle")


@with_and_without_script
def test_a_double_click_sends_one_request_and_accepts_once(opens: Opens, company: Company, script: bool) -> None:
    window = opens(script=script)
    window.goes(f"get-an-access/?cofor={company.cofor}")
    window.name_people(cast.REQUESTER, cast.REPRESENTATIVE, cast.PLSA)
    double_click(window, "Send")
    assert window.heading == window.words.received
    assert Opening.objects.count() == 1

    window.go(post.link(window, cast.REPRESENTATIVE.email, "/terms/"))
    window.fill("COFOR", company.cofor)
    window.box(window.words.accept).check()
    double_click(window, window.words.accept_button)
    assert window.heading == window.words.done
    assert Acceptance.objects.count() == Access.objects.count() == 1
    assert len([mail for mail in post.mails(window, cast.PLSA.email) if "/password/" in mail["text"]]) == 1


@with_and_without_script
def test_a_double_click_writes_one_message_to_the_assistance(opens: Opens, site: str, script: bool) -> None:
    window = opens(script=script)
    window.goes("help/contact/")
    fill_contact(window)
    double_click(window, "Send")
    assert window.heading == "Your message was received"
    assert Ticket.objects.count() == 1


def fill_contact(window: Window) -> None:
    window.name_people(cast.REQUESTER)
    for label, text in (
        (window.words.company, "Fournier"),
        (window.words.subject, "Question"),
        (window.words.comments, "Où ?\nIci."),
    ):
        window.fill(label, text)


@with_and_without_script
def test_changing_the_language_keeps_the_request(opens: Opens, company: Company, script: bool) -> None:
    window = opens(script=script)
    window.goes(f"get-an-access/?cofor={company.cofor}")
    window.name_people(cast.REQUESTER, cast.REPRESENTATIVE)
    window.switch_to("fr")
    assert window.page.url.startswith(f"{window.site}/fr/")
    assert window.page.locator(".errors").count() == 0
    for place, person in enumerate((cast.REQUESTER, cast.REPRESENTATIVE)):
        assert window.box("Nom", place).input_value() == person.last_name
        assert window.box("Adresse e-mail", place).input_value() == person.email
    for label, text in zip(
        window.words.person, (cast.PLSA.last_name, cast.PLSA.first_name, cast.PLSA.email), strict=True
    ):
        window.fill(label, text, 2)
    assert window.press("Envoyer") == 200
    assert Opening.objects.get().language == "fr"


@with_and_without_script
def test_changing_the_language_keeps_the_acceptance(opens: Opens, company: Company, script: bool) -> None:
    window = opens(script=script)
    window.goes(f"get-an-access/?cofor={company.cofor}")
    window.name_people(cast.REQUESTER, cast.REPRESENTATIVE, cast.PLSA)
    window.press("Send")
    window.go(post.link(window, cast.REPRESENTATIVE.email, "/terms/"))
    window.page.get_by_label(window.words.somebody_else).check()
    window.name_people(cast.ACCOMPLICE)
    window.fill("COFOR", company.cofor)
    window.box(window.words.accept).check()
    window.switch_to("fr")
    assert window.heading == window.words.terms
    assert "Conditions numéro 1." in window.text
    assert window.page.locator(".errors").count() == 0
    assert window.box("COFOR").input_value() == company.cofor
    assert window.box(window.words.accept).is_checked()
    assert window.page.get_by_label(window.words.somebody_else).is_checked()
    assert window.box("Nom").input_value() == cast.ACCOMPLICE.last_name
    assert window.box("Adresse e-mail").input_value() == cast.ACCOMPLICE.email
    assert window.press(window.words.accept_button) == 200
    assert Acceptance.objects.get().language == "fr"


@with_and_without_script
def test_changing_the_language_keeps_the_message(opens: Opens, site: str, script: bool) -> None:
    window = opens(script=script)
    window.goes("help/contact/")
    fill_contact(window)
    window.switch_to("fr")
    assert window.box("Objet").input_value() == "Question"
    assert window.box("Commentaires").input_value() == "Où ?\nIci."
    assert window.press("Envoyer") == 200
    assert Ticket.objects.count() == 1


def test_back_leads_to_each_page_again_and_repeats_nothing(opens: Opens, company: Company) -> None:
    window = opens()
    window.goes("get-an-access/")
    window.fill("COFOR", company.cofor)
    window.press("Start analysis")
    result = window.page.url
    window.name_people(cast.REQUESTER, cast.REPRESENTATIVE, cast.PLSA)
    window.press("Send")
    assert window.heading == window.words.received
    window.page.go_back()
    assert window.page.url == result
    window.page.go_back()
    assert window.button("Start analysis").is_visible()
    window.page.go_forward()
    window.page.go_forward()
    assert window.heading == window.words.received
    assert Opening.objects.count() == 1


@with_and_without_script
def test_a_form_that_came_too_late_keeps_the_text_in_both_languages(
    opens: Opens, company: Company, script: bool
) -> None:
    window = opens(script=script, examined=script)
    window.goes(f"get-an-access/?cofor={company.cofor}")
    window.name_people(cast.REQUESTER, cast.REPRESENTATIVE, cast.PLSA)
    window.page.context.clear_cookies()
    assert window.press("Send") == 403
    assert cast.REPRESENTATIVE.email in window.text
    window.switch_to("fr")
    assert window.box("Adresse e-mail", 1).input_value() == cast.REPRESENTATIVE.email
    assert window.press("Envoyer") == 200
    assert Opening.objects.get().parties.count() == 3


def test_a_form_that_came_too_late_is_sent_again_with_one_button(opens: Opens, company: Company) -> None:
    window = opens(width=390, examined=True)
    window.goes(f"get-an-access/?cofor={company.cofor}")
    window.name_people(cast.REQUESTER, cast.REPRESENTATIVE, cast.PLSA)
    window.page.context.clear_cookies()
    assert window.press("Send") == 403
    assert window.press("Send again") == 200
    assert Opening.objects.get().parties.count() == 3


@with_and_without_script
def test_a_form_with_faults_keeps_its_text_when_the_language_changes(
    opens: Opens, company: Company, script: bool
) -> None:
    window = opens(script=script)
    window.goes(f"get-an-access/?cofor={company.cofor}")
    window.name_people(cast.REQUESTER)
    assert window.press("Send") == 422
    window.switch_to("fr")
    assert window.box("Nom").input_value() == cast.REQUESTER.last_name
    # The address of a form that was sent is opened again, from the address bar for instance: no empty page.
    assert window.go(window.page.url) == 200


def test_pages_that_are_not_there_or_not_for_you_say_so(opens: Opens, site: str, now: datetime) -> None:
    window = opens("fr", width=390, dark=True, examined=True)
    for path in ("nowhere/", "get-an-access/request/nothing/", "get-an-access/terms/nothing/"):
        assert window.goes(path) == 404
        assert window.page.locator("main a").count()
    window.goes("desk/")
    assert "/fr/sign-in/" in window.page.url

    editor = officer(opens, now, role=Role.EDITOR, examined=True)
    assert editor.goes("desk/openings/") == 403
    assert "right to see this page" in editor.heading
