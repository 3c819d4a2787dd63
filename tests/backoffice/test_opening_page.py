"""The page of one opening: people, claims side by side, the six checks from inside, history, mails, records."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from django.test import Client

from passerelle.opening.actions import PartyData
from passerelle.opening.models import Opening
from passerelle.suppliers.models import Company
from tests import cast
from tests.backoffice import stages


def page(client: Client, opening: Opening, language: str = "en") -> str:
    response = client.get(f"/{language}/desk/openings/{opening.key}/")
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_each_mailbox_says_whether_it_is_on_record(assistance: Client, company: Company, now: datetime) -> None:
    # C10
    opening = cast.ask(
        company, now, requester=PartyData("Carl", "Contact", "contact@fournier.example"),
        representative=PartyData("Gil", "Gratis", "gil@gmail.com"), plsa=cast.HOSTILE,
    )  # fmt: skip
    html = page(assistance, opening)
    assert "Mailbox on record" in html
    assert "Anybody can open such a mailbox." in html
    assert "It is none of the mail domains on record." in html
    assert "Not on record" in html
    assert "Mail domain on record" not in html


def test_a_shared_mailbox_is_a_warning(assistance: Client, company: Company, now: datetime) -> None:
    opening = cast.ask(company, now, representative=cast.PLSA)
    assert opening.state == "to_verify"
    assert "The legal representative and the PLSA share it." in page(assistance, opening)


def test_a_login_that_exists_elsewhere_is_named_to_who_may_see_people(
    assistance: Client, purchasing: Client, company: Company, now: datetime
) -> None:
    stages.opened(company, now)
    other = cast.company(now, cofor="ZZ9999", name="Elsewhere")
    opening = cast.ask(other, now)
    seen = page(assistance, opening)
    assert "Login exists" in seen
    assert f"/en/desk/companies/{company.key}/" in seen
    assert "Login exists" not in page(purchasing, opening)


def test_claims_stand_side_by_side_with_their_differences(assistance: Client, company: Company, now: datetime) -> None:
    genuine, hostile = stages.awaiting(company, now), stages.to_verify(company, now)
    html = page(assistance, hostile)
    assert "This claim beside the others on the same company" in html
    assert genuine.reference in html
    assert html.count(">Differs</span>") == 3
    assert "Same" in html  # the network address


def test_a_lone_claim_says_so(assistance: Client, company: Company, now: datetime) -> None:
    html = page(assistance, stages.awaiting(company, now))
    assert "Nobody else asked for access for this company." in html
    assert "None of these mailboxes stands in an opening of another company." in html


def test_one_hand_reaching_for_many_companies_shows(assistance: Client, company: Company, now: datetime) -> None:
    other = cast.company(now, cofor="ZZ9999", name="Second Target")
    stages.to_verify(other, now)
    assert "Second Target" in page(assistance, stages.to_verify(company, now))


@pytest.mark.parametrize(
    ("play", "words"),
    [
        (stages.to_verify, "It waits for the Assistance since 2 March 2026 at 10:30."),
        (stages.awaiting, "The link was not opened yet."),
        (stages.disputed, "It is in dispute since 2 March 2026 at 10:30."),
        (stages.held, "The access waits until the Assistance has verified the PLSA."),
        (stages.terms_refused, "The legal representative refused them on 2 March 2026 at 10:30. “Article 4.”"),
        (stages.opened, "holds the mandate, but has not chosen a password yet."),
    ],
)
def test_the_checks_give_the_reason_from_inside(
    play: object, words: str, assistance: Client, company: Company, now: datetime
) -> None:  # I1
    assert words in page(assistance, play(company, now))  # type: ignore[operator]


def test_history_and_mails_stand_on_the_page(assistance: Client, company: Company, now: datetime) -> None:  # I7
    html = page(assistance, stages.awaiting(company, now))
    assert "Access requested" in html
    assert "Terms sent to the legal representative" in html
    assert "Terms to accept" in html
    assert "Queued" in html


def test_records_are_downloaded_as_pdf_and_json(assistance: Client, company: Company, now: datetime) -> None:  # I8
    opening = stages.opened(company, now)
    record = opening.records.get()
    base = f"/en/desk/openings/{opening.key}/records/{record.key}"
    answer = assistance.get(f"{base}.json")
    assert answer["Content-Disposition"] == f'attachment; filename="{opening.reference}.json"'
    assert json.loads(answer.content)["reference"] == opening.reference
    assert assistance.get(f"{base}.pdf").content.startswith(b"%PDF-")
    assert assistance.get(f"{base}.exe").status_code == 404
    other = stages.to_verify(cast.company(now, cofor="ZZ9999", name="Other"), now)
    assert assistance.get(f"/en/desk/openings/{other.key}/records/{record.key}.json").status_code == 404


def test_what_people_typed_is_shown_as_text(assistance: Client, company: Company, now: datetime) -> None:
    evil = PartyData("<script>alert(1)</script>", "{{ x }}", "evil@elsewhere.example", "", "<b>bold</b>")
    html = page(assistance, cast.ask(company, now, requester=evil, representative=evil))
    assert "<script>alert(1)" not in html
    assert "<b>bold</b>" not in html
    assert "&lt;script&gt;alert(1)" in html


@pytest.mark.parametrize(
    "play", [stages.to_verify, stages.awaiting, stages.disputed, stages.held, stages.terms_refused, stages.opened]
)
def test_it_stands_in_both_languages(play: object, assistance: Client, company: Company, now: datetime) -> None:  # A3
    opening = play(company, now)  # type: ignore[operator]
    assert '<html lang="fr"' in page(assistance, opening, "fr")
    assert '<html lang="en"' in page(assistance, opening)
