"""Claims, objections and officers at the desk, each at a window of their own (decision 7, C5, B4)."""

from __future__ import annotations

from datetime import datetime

import pytest

from passerelle.accounts import actions as accounts
from passerelle.accounts.enums import PersonKind
from passerelle.core.actor import SYSTEM
from passerelle.core.powers import Role
from passerelle.memberships.models import Access
from passerelle.opening.actions import PartyData
from passerelle.opening.enums import OpeningState
from passerelle.opening.models import Opening
from passerelle.suppliers.models import Company
from tests import cast
from tests.browser import chromium, post
from tests.browser.conftest import Opens
from tests.browser.test_road import PASSWORD, to_the_acceptance, to_the_request
from tests.browser.window import Window

pytestmark = chromium.MARKS
SECOND_HOSTILE = PartyData("Heidi", "Hostile", "heidi@elsewhere.example")


def officer(
    opens: Opens, now: datetime, name: str = "Olga", *, role: Role = Role.ASSISTANCE, **options: bool
) -> Window:
    """Somebody of the staff, signed in at a window of their own."""
    person = accounts.create_login(
        first_name=name, last_name="Officer", email=f"{name}@group.example".lower(), language="en",
        kind=PersonKind.STAFF, actor=SYSTEM, now=now,
    )  # fmt: skip
    accounts.set_roles(person_id=person.pk, roles=frozenset({role}), actor=SYSTEM, now=now)
    accounts.set_password(person_id=person.pk, password=PASSWORD, actor=SYSTEM, now=now)
    window = opens(**options)
    window.goes("sign-in/")
    window.fill("B2B login", person.login)
    window.fill("Password", PASSWORD)
    assert window.press("Sign in") == 200
    assert window.page.url.endswith("/en/desk/")
    return window


def claim(opens: Opens, company: Company, *people: PartyData) -> Opening:
    """Ask for access in the browser, in a window that is closed afterwards."""
    window = opens()
    window.goes(f"get-an-access/?cofor={company.cofor}")
    if not window.button("Send").count():  # somebody else asked already: a second claim stands beside the first
        window.follow("Somebody else asked for your company? Make a request of your own")
    window.name_people(*people)
    assert window.press("Send") == 200
    assert window.heading == "Your request was received"
    return Opening.objects.get(parties__role="requester", parties__email=people[0].email)


def state(opening: Opening) -> OpeningState:
    opening.refresh_from_db()
    return OpeningState(opening.state)


@pytest.fixture
def lonely(site: str, now: datetime) -> Company:
    """A company of which one mailbox is on record, and no domain: the Assistance verifies every representative."""
    found = cast.company(now)
    cast.on_record(found, "contact@fournier.example")
    return found


def test_the_assistance_finds_the_genuine_claim_between_two_hostile_ones(
    opens: Opens, lonely: Company, now: datetime
) -> None:
    first = claim(opens, lonely, cast.HOSTILE, cast.HOSTILE, cast.ACCOMPLICE)
    genuine = claim(opens, lonely, cast.REQUESTER, cast.REPRESENTATIVE, cast.PLSA)
    second = claim(opens, lonely, SECOND_HOSTILE, cast.ACCOMPLICE, SECOND_HOSTILE)
    assert {state(found) for found in (first, genuine, second)} == {OpeningState.TO_VERIFY}

    desk = officer(opens, now, examined=True)
    desk.goes("desk/openings/")
    assert desk.text.count("2 other claims on the company") == 3
    desk.leads(desk.page.get_by_role("row").filter(has_text=genuine.reference).get_by_role("link").first.click)
    desk.look()
    for found in (first, second):
        assert found.reference in desk.text
    assert "Differs" in desk.text

    for found in (first, second):
        desk.examined = found is first
        desk.leads(desk.page.get_by_role("link", name=found.reference).first.click)
        desk.follow("Refuse the request")
        desk.page.get_by_label("The company did not confirm the request").check()
        desk.press("Go on: read the e-mail first")
        assert "The e-mail as the requester will read it" in desk.text
        assert desk.press("Refuse and send the e-mail") == 200
        assert state(found) is OpeningState.REFUSED
        desk.leads(desk.page.get_by_role("link", name=genuine.reference).first.click)

    desk.fill("How you verified the legal representative", "I called the switchboard and spoke with Mr Représentant.")
    assert desk.press("Verify and send the terms") == 200
    assert state(genuine) is OpeningState.AWAITING

    representative = opens()
    for hostile in (cast.HOSTILE, SECOND_HOSTILE):
        assert any("not" in mail["text"] for mail in post.mails(representative, hostile.email))
    to_the_acceptance(representative, lonely)
    assert Access.objects.get(company=lonely)
    assert state(genuine) is OpeningState.OPEN


@pytest.mark.parametrize("decision", ["dismiss", "uphold"])
def test_a_contact_freezes_the_opening_and_the_desk_settles_it(
    opens: Opens, company: Company, now: datetime, decision: str
) -> None:
    visitor = opens()
    to_the_request(visitor, company)
    asked = Opening.objects.get(company=company)
    terms = post.link(visitor, cast.REPRESENTATIVE.email, "/terms/")

    contact = opens()
    contact.go(post.link(contact, "contact@fournier.example", "/objection/"))
    assert state(asked) is OpeningState.AWAITING  # opening the link does nothing
    contact.fill("What should we know? (optional)", "Nobody here knows Rita.")
    assert contact.press("Object and stop the request") == 200
    assert contact.heading == "The request is stopped"
    assert state(asked) is OpeningState.DISPUTED

    visitor.go(terms)
    assert visitor.heading != visitor.words.terms
    visitor.goes(f"get-an-access/?cofor={company.cofor}")
    assert "Nothing needs to be done for now" in visitor.text

    desk = officer(opens, now)
    desk.goes("desk/openings/?tab=dispute")
    desk.leads(desk.page.get_by_role("link", name=company.name).click)
    assert "Nobody here knows Rita." in desk.text
    wanted = "Dismiss the objection" if decision == "dismiss" else "Uphold the objection"
    desk.page.get_by_label(wanted).check()
    desk.fill("How you settled it", "The director confirmed by telephone.")
    assert desk.press("Settle the objection") == 200

    if decision == "uphold":
        assert state(asked) is OpeningState.REFUSED
        return
    assert state(asked) is OpeningState.AWAITING
    newer = post.link(visitor, cast.REPRESENTATIVE.email, "/terms/")
    assert newer != terms
    to_the_acceptance(visitor, company)
    assert state(asked) is OpeningState.OPEN


def test_the_second_of_two_officers_sees_what_happened_and_keeps_the_note(
    opens: Opens, lonely: Company, now: datetime
) -> None:
    opening = claim(opens, lonely, cast.REQUESTER, cast.REPRESENTATIVE, cast.PLSA)
    olga, omar = officer(opens, now, "Olga"), officer(opens, now, "Omar", examined=True)
    for window in (olga, omar):
        window.goes(f"desk/openings/{opening.key}/")
    olga.fill("How you verified the legal representative", "I called the company.")
    assert olga.press("Verify and send the terms") == 200

    omar.fill("How you verified the legal representative", "I wrote to the chamber of commerce.")
    assert omar.press("Verify and send the terms") == 409
    assert "The request moved in the meantime" in omar.heading
    assert "Olga Officer" in omar.text
    assert "I wrote to the chamber of commerce." in omar.text
    letters = [mail for mail in post.mails(omar, cast.REPRESENTATIVE.email) if "/terms/" in mail["text"]]
    assert len(letters) == 1
