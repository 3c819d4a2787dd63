"""Companies at the desk: search, one company as far as one's powers go, suspending and resuming its access."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client

from passerelle.memberships.models import Access
from passerelle.suppliers.models import Company, Suco
from tests import cast
from tests.backoffice import stages


def page(client: Client, company: Company) -> str:
    response = client.get(f"/en/desk/companies/{company.key}/")
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_a_company_is_found_by_any_identifier_or_its_name(
    assistance: Client, company: Company, now: datetime
) -> None:  # H3
    Company.objects.filter(pk=company.pk).update(duns="123456789", vat_number="FR40123456789")
    Suco.objects.create(company=company, code="S100")
    cast.company(now, cofor="ZZ9999", name="Moulin")
    for text, by in (
        ("ab12cd", "found by its COFOR"),
        ("12-345-6789", "found by its D-U-N-S Number"),
        ("FR 40 123 456 789", "found by its VAT number"),
        ("S100", "found by a SUCO"),
        ("CONTACT@fournier.example", "found by a mailbox on record"),
        ("fournier", ""),
        ("Forunier Precision", ""),
    ):
        html = assistance.get("/en/desk/companies/", {"q": text}).content.decode()
        assert "Fournier Précision" in html, text
        assert "Moulin" not in html, text
        assert by in html, text


def test_the_list_goes_on_from_where_a_page_ended(assistance: Client, now: datetime) -> None:
    for place in range(27):
        cast.company(now, cofor=f"LST{place:03d}", name=f"List {place:03d}")
    first = assistance.get("/en/desk/companies/")
    assert "List 024" in first.content.decode()
    assert "List 025" not in first.content.decode()
    second = assistance.get("/en/desk/companies/" + first.context["page"].next_url)
    assert "List 025" in second.content.decode()


def test_no_match_says_what_to_try(assistance: Client, company: Company) -> None:
    assert "No company matches “zzz”" in assistance.get("/en/desk/companies/?q=zzz").content.decode()


def test_one_company_shows_what_is_known(assistance: Client, company: Company, now: datetime) -> None:  # H1
    stages.opened(company, now)
    html = page(assistance, company)
    for words in (
        "contact@<wbr>fournier.example", "fournier.example", "The six checks from inside", "Paula O&#x27;Plsa",
        "No password chosen yet", "Access opened", "E-mails sent", "Version 1 accepted by Léon Représentant",
        "Send the activation again", "Suspend the access",
    ):  # fmt: skip
        assert words in html, words


def test_an_editor_reads_facts_and_neither_people_nor_mails(editor: Client, company: Company, now: datetime) -> None:
    stages.opened(company, now)
    html = page(editor, company)
    assert "The six checks from inside" in html
    for words in ("Plsa", "Léon", "E-mails sent", "History</h2>", "Suspend the access", "Openings</h2>"):
        assert words not in html, words


def test_a_closed_company_says_since_when_and_why(assistance: Client, company: Company, now: datetime) -> None:  # H4
    Company.objects.filter(pk=company.pk).update(
        active=False, closed_at=now, closed_reason="Merged.", successor_cofor="NEW123"
    )
    html = page(assistance, company)
    assert "The company is closed since 2 March 2026. Reason: Merged. Its successor has the code NEW123." in html


def test_an_access_is_suspended_with_a_reason_and_resumed(assistance: Client, company: Company, now: datetime) -> None:
    stages.opened(company, now)
    base = f"/en/desk/companies/{company.key}/"
    empty = assistance.post(f"{base}suspend/", {"reason": ""})
    assert empty.status_code == 422
    assert "Write the reason of the suspension" in empty.content.decode()
    assert assistance.post(f"{base}suspend/", {"reason": "Asked by Purchasing"}).status_code == 302
    assert Access.objects.get(company=company).suspended_reason == "Asked by Purchasing"
    assert "Reason: Asked by Purchasing." in page(assistance, company)
    assert assistance.post(f"{base}resume/").status_code == 302
    assert Access.objects.get(company=company).suspended_at is None


def test_who_suspends_second_reads_who_was_first(assistance: Client, company: Company, now: datetime) -> None:
    stages.opened(company, now)
    base = f"/en/desk/companies/{company.key}/"
    assistance.post(f"{base}suspend/", {"reason": "First reason"})
    response = assistance.post(f"{base}suspend/", {"reason": "Second reason"})
    html = response.content.decode()
    assert response.status_code == 409
    assert "First reason" in html
    assert "by Olga Desk" in html
    assert "Second reason" in html  # what was typed is still there


@pytest.mark.parametrize("act", ["suspend", "resume"])
def test_an_access_that_was_never_opened_is_neither_suspended_nor_resumed(
    act: str, assistance: Client, company: Company
) -> None:
    response = assistance.post(f"/en/desk/companies/{company.key}/{act}/", {"reason": "why"})
    assert response.status_code == 409
    assert "was never opened" in response.content.decode()


@pytest.mark.parametrize("text", ["%00", "a" * 300, "'; DROP TABLE", "%25%5F", "%E2%80%AE", "9" * 50])
def test_a_hostile_search_is_an_answer_never_a_failure(text: str, assistance: Client, company: Company) -> None:
    assert assistance.get(f"/en/desk/companies/?q={text}").status_code == 200
