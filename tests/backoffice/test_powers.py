"""Who may open what at the desk, and which buttons stand there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from passerelle.accounts.enums import PersonKind
from passerelle.opening.models import Opening
from passerelle.suppliers.models import Company
from tests.backoffice import stages
from tests.backoffice.conftest import Browser, person, signed_in

LISTS = ("", "openings/", "companies/", "people/", "tickets/", "mails/", "trail/")
# What each role may open of them (core.powers).
OPEN_TO = {
    "assistance": set(LISTS),
    "purchasing": {"", "openings/", "companies/", "trail/"},
    "editor": {"", "companies/"},
}


@pytest.mark.parametrize("role", sorted(OPEN_TO))
def test_each_role_opens_what_its_powers_say_and_is_refused_the_rest(role: str, request: Any) -> None:
    client = request.getfixturevalue(role)
    answers = {path: client.get(f"/en/desk/{path}").status_code for path in LISTS}
    assert answers == {path: 200 if path in OPEN_TO[role] else 403 for path in LISTS}


def test_staff_without_a_role_open_nothing(browser: Browser) -> None:
    client = browser(first_name="Nora")
    assert {client.get(f"/en/desk/{path}").status_code for path in LISTS} == {403}


@pytest.mark.parametrize("path", LISTS)
def test_a_stranger_is_sent_to_the_sign_in_page_and_back(path: str, db: None) -> None:
    response = Client().get(f"/en/desk/{path}")
    assert response.status_code == 302
    assert response["Location"].startswith("/en/sign-in/?next=%2Fen%2Fdesk%2F")


def decisions(opening: Opening) -> list[str]:
    own = ("verify", "refuse", "settle", "approve-plsa", "send-again")
    company = opening.company.key
    return [
        *(f"/en/desk/openings/{opening.key}/{act}/" for act in own),
        *(f"/en/desk/companies/{company}/{act}/" for act in ("suspend", "resume", "activation")),
    ]


def test_a_person_of_a_company_finds_no_desk_at_all(company: Company, now: datetime, monkeypatch: Any) -> None:
    monkeypatch.setattr("passerelle.portal.session.gate.may_enter", lambda *_: True)
    opening = stages.to_verify(company, now)
    client = signed_in(person("Vera", kind=PersonKind.SUPPLIER, now=now), now)
    with time_machine.travel(now, tick=False):
        pages = [f"/en/desk/{path}" for path in LISTS]
        assert {client.get(page).status_code for page in [*pages, f"/en/desk/openings/{opening.key}/"]} == {404}
        assert {client.post(page).status_code for page in decisions(opening)} == {404}


@pytest.mark.parametrize("role", ["purchasing", "editor"])
def test_nobody_but_the_assistance_decides(role: str, company: Company, now: datetime, request: Any) -> None:
    # C10: the button is not there, and the address refuses all the same
    opening = stages.to_verify(company, now)
    client = request.getfixturevalue(role)
    assert {client.post(page, {"note": "let me"}).status_code for page in decisions(opening)} == {403}
    opening.refresh_from_db()
    assert opening.state == "to_verify"


def test_purchasing_reads_an_opening_without_a_button(purchasing: Client, company: Company, now: datetime) -> None:
    opening = stages.to_verify(company, now)
    html = purchasing.get(f"/en/desk/openings/{opening.key}/").content.decode()
    assert "Only the Assistance decides on it." in html
    assert f"/desk/openings/{opening.key}/verify/" not in html
    assert f"/desk/openings/{opening.key}/refuse/" not in html
    assert "E-mails sent" not in html  # purchasing does not see mails, nor the way to them


@pytest.mark.parametrize(
    "path",
    ["openings/{}/", "openings/{}/verify/", "openings/{}/refuse/", "companies/{}/", "tickets/{}/", "mails/{}/"],
)
def test_an_unknown_key_is_a_page_not_found(path: str, assistance: Client) -> None:
    address = "/en/desk/" + path.format("x" * 22)
    response = assistance.post(address) if "verify" in path else assistance.get(address)
    assert response.status_code == 404
