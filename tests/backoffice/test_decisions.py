"""What the Assistance decides on an opening: the forms, their refusals, and two who decide at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from passerelle.audit.models import Event
from passerelle.core.powers import Role
from passerelle.mail.models import Link, Message
from passerelle.memberships.models import Access
from passerelle.opening import actions
from passerelle.opening.enums import Basis, OpeningState, RefusalReason
from passerelle.opening.models import Opening
from passerelle.opening.queries import mark
from passerelle.suppliers.models import Company
from tests import cast
from tests.backoffice import stages
from tests.backoffice.conftest import Browser

NOTE = "Called the switchboard, spoke to the managing director."


def address(opening: Opening, act: str = "") -> str:
    return f"/en/desk/openings/{opening.key}/" + (f"{act}/" if act else "")


def post(client: Client, opening: Opening, act: str, **typed: str) -> Any:
    return client.post(address(opening, act), {"seen": mark(opening), **typed})


def test_verifying_sends_the_terms_and_says_so(assistance: Client, company: Company, now: datetime) -> None:  # C10
    opening = stages.to_verify(company, now)
    response = post(assistance, opening, "verify", note=NOTE)
    assert response.status_code == 302
    assert response["Location"] == address(opening)
    opening.refresh_from_db()
    assert (opening.state, opening.basis, opening.verified_by) == ("awaiting", Basis.ASSISTANCE, "Olga Desk")
    assert Message.objects.filter(kind="opening/terms").count() == 1
    html = assistance.get(address(opening)).content.decode()
    assert "Verified. The e-mail with the terms leaves to the legal representative." in html
    assert NOTE in html  # the history tells how


def test_a_verification_without_a_note_is_an_error_beside_its_field(
    assistance: Client, company: Company, now: datetime
) -> None:
    opening = stages.to_verify(company, now)
    response = post(assistance, opening, "verify", note="  ")
    html = response.content.decode()
    assert response.status_code == 422
    assert "<title>Error:" in html
    assert html.count("Write how you verified the legal representative") == 2
    assert 'href="#verify_note"' in html


@pytest.mark.parametrize("note", ["x" * 1001, "a%00b", "%1B[31m", "%ED%A0%80", "%C3%28"])
def test_a_hostile_note_is_an_error_and_decides_nothing(
    note: str, assistance: Client, company: Company, now: datetime
) -> None:
    opening = stages.to_verify(company, now)
    body = f"seen={mark(opening)}&note={note}"
    response = assistance.post(address(opening, "verify"), body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 422
    opening.refresh_from_db()
    assert opening.state == OpeningState.TO_VERIFY


def test_a_refusal_shows_the_mail_before_it_is_sent(assistance: Client, company: Company, now: datetime) -> None:
    opening = stages.to_verify(company, now)
    facts = {"reason": RefusalReason.NOT_CONFIRMED.value, "note": "Ask your managing director."}
    assert "read the e-mail first" in assistance.get(address(opening, "refuse")).content.decode()
    html = post(assistance, opening, "refuse", **facts).content.decode()
    assert "The e-mail as the requester will read it" in html
    assert html.count("Ask your managing director.") == 2  # in the mail, and still in the box
    assert "Hugo Hostile (hugo@elsewhere.example)" in html
    opening.refresh_from_db()
    assert opening.state == OpeningState.TO_VERIFY
    assert not Message.objects.filter(kind="opening/refused").exists()

    assert post(assistance, opening, "refuse", send="1", **facts).status_code == 302
    opening.refresh_from_db()
    assert (opening.state, opening.refusal, opening.refusal_note) == ("refused", "not_confirmed", facts["note"])
    assert Message.objects.filter(kind="opening/refused").count() == 1


def test_the_preview_speaks_the_language_of_its_reader(assistance: Client, company: Company, now: datetime) -> None:
    opening = cast.ask(company, now, language="fr", representative=cast.HOSTILE)
    html = post(assistance, opening, "refuse", reason="wrong_company", note="").content.decode()
    assert '<div lang="fr">' in html


def test_another_reason_needs_a_message(assistance: Client, company: Company, now: datetime) -> None:
    opening = stages.to_verify(company, now)
    response = post(assistance, opening, "refuse", reason="other", note="", send="1")
    assert response.status_code == 422
    assert "Write the reason in the message: the requester reads it" in response.content.decode()


def test_sending_again_voids_the_earlier_link_once(assistance: Client, company: Company, now: datetime) -> None:  # C6
    opening = stages.awaiting(company, now)
    first, seen = cast.link(opening), mark(opening)
    for _ in range(2):  # a double click sends the same form twice
        assert assistance.post(address(opening, "send-again"), {"seen": seen}).status_code == 302
    first.refresh_from_db()
    assert first.superseded_at is not None
    assert Link.objects.filter(purpose="terms").count() == 2


def test_refused_terms_can_be_sent_again(assistance: Client, company: Company, now: datetime) -> None:
    opening = stages.terms_refused(company, now)
    assert "Article 4." in assistance.get(address(opening)).content.decode()
    post(assistance, opening, "send-again")
    opening.refresh_from_db()
    assert opening.state == OpeningState.AWAITING


def test_approving_the_plsa_opens_the_access(assistance: Client, company: Company, now: datetime) -> None:  # C8
    opening = stages.held(company, now)
    assert "named another PLSA than the request did" in assistance.get(address(opening)).content.decode()
    assert post(assistance, opening, "approve-plsa", note=NOTE).status_code == 302
    opening.refresh_from_db()
    assert opening.state == OpeningState.OPEN
    assert Access.objects.filter(company=company).exists()


def test_a_closed_company_cannot_be_opened_and_the_page_says_why(
    assistance: Client, company: Company, now: datetime
) -> None:
    opening = stages.held(company, now)
    Company.objects.filter(pk=company.pk).update(active=False, closed_at=now)
    response = post(assistance, opening, "approve-plsa", note=NOTE)
    assert response.status_code == 422
    assert "The company is no longer active, so its access cannot open." in response.content.decode()


@pytest.mark.parametrize(("decision", "state"), [("dismiss", "awaiting"), ("uphold", "refused")])
def test_an_objection_is_settled_either_way(
    decision: str, state: str, assistance: Client, company: Company, now: datetime
) -> None:  # decision 7
    opening = stages.disputed(company, now)
    html = assistance.get(address(opening)).content.decode()
    assert "Nobody here knows Rita." in html
    assert "contact@<wbr>fournier.example" in html
    assert post(assistance, opening, "settle", decision=decision, note=NOTE).status_code == 302
    opening.refresh_from_db()
    assert opening.state == state
    objection = opening.objections.get()
    assert (objection.settled_by, objection.settlement) == ("Olga Desk", NOTE)


def test_an_objection_after_the_opening_lifts_its_own_suspension(
    assistance: Client, company: Company, now: datetime
) -> None:
    opening = stages.opened(company, now)
    link = Link.objects.filter(purpose="objection", used_at__isnull=True, superseded_at__isnull=True)[0]
    actions.object_to(link_key=link.key, note="Not ours.", actor=cast.VISITOR, now=now)
    assert "It is suspended until you settle it." in assistance.get(address(opening)).content.decode()
    post(assistance, opening, "settle", decision="dismiss", note=NOTE)
    assert Access.objects.get(company=company).suspended_at is None


def test_a_second_click_is_not_told_off(assistance: Client, company: Company, now: datetime) -> None:
    opening = stages.to_verify(company, now)
    typed = {"seen": mark(opening), "note": NOTE}
    answers = [assistance.post(address(opening, "verify"), typed).status_code for _ in range(2)]
    assert answers == [302, 302]
    assert Event.objects.filter(tag="opening:request:verified").count() == 1


def test_who_comes_second_reads_what_happened_by_whom_and_keeps_the_note(
    assistance: Client, company: Company, now: datetime, later: datetime
) -> None:
    opening = stages.to_verify(company, now)
    seen = mark(opening)
    actions.refuse(key=opening.key, reason=RefusalReason.WRONG_COMPANY, note="", actor=stages.OTHER_OFFICER, now=later)
    response = assistance.post(address(opening, "verify"), {"seen": seen, "note": NOTE})
    html = response.content.decode()
    assert response.status_code == 409
    assert "Request refused" in html
    assert "by Oscar Other" in html
    assert "2 March 2026 at 13:30" in html
    assert NOTE in html
    opening.refresh_from_db()
    assert opening.state == OpeningState.REFUSED


def test_a_decision_on_an_old_view_is_stopped_though_the_table_would_allow_it(
    assistance: Client, company: Company, now: datetime, later: datetime
) -> None:
    # A colleague verified; refusing is still a move of the table, but not what was decided on.
    opening = stages.to_verify(company, now)
    seen = mark(opening)
    actions.verify(key=opening.key, note="by phone", actor=stages.OTHER_OFFICER, now=later)
    typed = {"seen": seen, "reason": "not_confirmed", "note": NOTE, "send": "1"}
    response = assistance.post(address(opening, "refuse"), typed)
    assert response.status_code == 409
    assert "Legal representative verified" in response.content.decode()
    opening.refresh_from_db()
    assert opening.state == OpeningState.AWAITING


def test_of_two_officers_with_the_same_view_one_wins(browser: Browser, company: Company, now: datetime) -> None:
    opening = stages.held(company, now)
    one, other = browser(Role.ASSISTANCE, first_name="Una"), browser(Role.ASSISTANCE, first_name="Omar")
    seen = mark(opening)
    first = one.post(address(opening, "approve-plsa"), {"seen": seen, "note": NOTE})
    second = other.post(
        address(opening, "refuse"), {"seen": seen, "reason": "not_confirmed", "note": "No.", "send": "1"}
    )
    assert (first.status_code, second.status_code) == (302, 409)
    assert "by Una Desk" in second.content.decode()


def test_an_ended_request_cannot_be_refused_again(assistance: Client, company: Company, now: datetime) -> None:
    opening = stages.opened(company, now)
    assert assistance.get(address(opening, "refuse")).status_code == 409


def test_the_activation_is_sent_again_from_an_opened_request(
    assistance: Client, company: Company, now: datetime
) -> None:
    opening = stages.opened(company, now)
    assert "Send the activation again" in assistance.get(address(opening)).content.decode()
    response = assistance.post(f"/en/desk/companies/{company.key}/activation/", {"next": address(opening)})
    assert response["Location"] == address(opening)
    assert Message.objects.filter(kind="opening/activation").count() == 1
    away = assistance.post(f"/en/desk/companies/{company.key}/activation/", {"next": "https://evil.example/"})
    assert away["Location"] == f"/en/desk/companies/{company.key}/"
