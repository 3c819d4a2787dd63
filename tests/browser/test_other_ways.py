"""The other ways: another PLSA, "this is not me", a refusal, a second mail, the relay, messages, a closed company."""

from __future__ import annotations

from datetime import datetime

import pytest

from passerelle.core.actor import SYSTEM
from passerelle.memberships.models import Access
from passerelle.opening.enums import OpeningState
from passerelle.opening.models import Opening
from passerelle.suppliers.actions import close_company
from passerelle.suppliers.models import Company
from passerelle.support.enums import TicketKind
from passerelle.support.models import Ticket
from tests import cast
from tests.browser import chromium, post
from tests.browser.conftest import Opens
from tests.browser.test_desk import officer, state
from tests.browser.test_road import to_the_acceptance, to_the_private_home
from tests.browser.window import Window

pytestmark = chromium.MARKS


@pytest.fixture
def opening(company: Company, now: datetime) -> Opening:
    return cast.ask(company, now)


@pytest.fixture
def terms(opens: Opens, opening: Opening) -> Window:
    """The legal representative's window, at the page of the mail."""
    window = opens()
    window.go(post.link(window, cast.REPRESENTATIVE.email, "/terms/"))
    return window


def test_another_plsa_is_held_then_approved_and_gets_the_login(
    opens: Opens, terms: Window, opening: Opening, now: datetime
) -> None:
    terms.page.get_by_label("No, it is somebody else").check()
    terms.name_people(cast.ACCOMPLICE)
    terms.fill("COFOR", opening.company.cofor)
    terms.box(terms.words.accept).check()
    assert terms.press("Accept and confirm") == 200
    assert "Your acceptance is kept" in terms.text
    assert state(opening) is OpeningState.HELD
    assert not [mail for mail in post.mails(terms, cast.ACCOMPLICE.email) if "/password/" in mail["text"]]

    desk = officer(opens, now)
    desk.goes("desk/openings/?tab=plsa")
    desk.leads(desk.page.get_by_role("link", name=opening.company.name).click)
    desk.fill("How you verified the PLSA", "I called the company.")
    assert desk.press("Approve the PLSA and open the access") == 200
    assert state(opening) is OpeningState.OPEN
    assert post.link(terms, cast.ACCOMPLICE.email, "/password/")
    assert not [mail for mail in post.mails(terms, cast.PLSA.email) if "/password/" in mail["text"]]


def test_who_is_not_the_representative_stops_the_request(terms: Window, opening: Opening) -> None:
    terms.follow("This is not me")
    terms.fill("What should we know? (optional)", "I left the company.")
    assert terms.press("Tell the Assistance") == 200
    assert terms.heading == "Thank you for telling us"
    assert state(opening) is OpeningState.DISPUTED


def test_a_refusal_of_the_terms_is_told_to_who_asked(terms: Window, opening: Opening) -> None:
    terms.follow("I do not accept")
    terms.fill("What should we know? (optional)", "Article 4 is not clear.")
    assert terms.press("Refuse the terms") == 200
    assert terms.heading == "The terms are refused"
    assert state(opening) is OpeningState.TERMS_REFUSED
    assert not Access.objects.exists()
    assert any("did not accept the General Terms" in mail["text"] for mail in post.mails(terms, cast.REQUESTER.email))


def test_a_mail_sent_again_ends_the_earlier_link(opens: Opens, terms: Window, opening: Opening) -> None:
    earlier = terms.page.url
    window = opens()
    window.goes(f"get-an-access/?cofor={opening.company.cofor}")
    assert cast.REPRESENTATIVE.email not in window.page.content()
    assert window.press("Send the e-mail again") == 200
    assert "The earlier link no longer works" in window.text
    assert window.go(earlier) == 410
    assert window.heading == "A newer e-mail was sent"
    to_the_acceptance(window, opening.company)
    assert state(opening) is OpeningState.OPEN


def test_a_message_reaches_the_plsa_whose_address_no_page_shows(opens: Opens, opening: Opening) -> None:
    window = opens(examined=True)
    to_the_acceptance(window, opening.company)
    window.goes(f"get-an-access/?cofor={opening.company.cofor}")
    pages = [window.page.content()]
    assert window.press("Send") == 422
    assert window.title.startswith("Error: ")
    window.name_people(cast.HOSTILE)
    window.fill("Your message", "I need a login of my own.")
    assert window.press("Send") == 200
    assert "Your message was passed on" in window.text
    pages.append(window.page.content())
    assert not [page for page in pages if cast.PLSA.email.lower() in page.lower() or cast.PLSA.last_name in page]
    letter = next(mail for mail in post.mails(window, cast.PLSA.email) if "a login of my own" in mail["text"])
    assert cast.HOSTILE.email in letter["text"]
    assert Ticket.objects.get().kind == TicketKind.RELAY


def test_who_does_not_know_the_code_writes_and_the_assistance_reads(opens: Opens, site: str, now: datetime) -> None:
    window = opens()
    window.goes("get-an-access/")
    window.follow("I do not know my company COFOR")
    window.name_people(cast.REQUESTER)
    window.fill("Company", "Fournier Précision")
    for box in window.page.locator("main textarea:visible").all():
        box.fill("SIREN 123 456 789, delivering to Lyon.")
    assert window.press("Send") == 200
    assert window.heading == "Your message was received"
    ticket = Ticket.objects.get()
    assert ticket.kind == TicketKind.COFOR_UNKNOWN
    assert ticket.reference in window.text

    desk = officer(opens, now)
    desk.goes("desk/tickets/")
    assert ticket.reference in desk.text


def test_a_message_comes_back_as_a_copy_by_its_link(opens: Opens, site: str) -> None:
    window = opens(examined=True)
    window.goes("help/contact/")
    window.name_people(cast.REQUESTER)
    for label, text in (("Company", "Fournier"), ("Subject", "Question"), ("Comments", "Where do I begin?")):
        window.fill(label, text)
    window.box("Receive a copy").check()
    assert window.press("Send") == 200
    reference = Ticket.objects.get().reference
    assert reference in window.text
    assert "Where do I begin?" not in "".join(mail["text"] for mail in post.mails(window, cast.REQUESTER.email))
    window.go(post.link(window, cast.REQUESTER.email, "/copy/"))
    assert window.press("Send me the copy") == 200
    assert any("Where do I begin?" in mail["text"] for mail in post.mails(window, cast.REQUESTER.email))


def test_a_closed_company_shuts_its_people_out_at_the_next_click(opens: Opens, opening: Opening, now: datetime) -> None:
    # H4
    window = opens()
    to_the_acceptance(window, opening.company)
    to_the_private_home(window)
    company = Company.objects.get(pk=opening.company.pk)
    close_company(company=company, reason="wound up", actor=SYSTEM, now=datetime.now(tz=now.tzinfo))
    window.goes("home/")
    assert "/sign-in/" in window.page.url
    assert company.name not in window.page.content()
