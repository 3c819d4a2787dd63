from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client

from passerelle.accounts import actions as accounts
from passerelle.accounts.hashers import OwaspArgon2
from passerelle.accounts.models import Person
from passerelle.core.actor import SYSTEM
from passerelle.memberships import actions as memberships
from passerelle.memberships.models import Access
from passerelle.suppliers.models import Company
from tests import cast
from tests.conftest import NOW

PASSWORD = "seven brown kettles sing"


@dataclass
class House:
    """A company whose access is open, its PLSA, and a browser."""

    company: Company
    plsa: Person
    client: Client

    def sign_in(self, login: str = "", password: str = PASSWORD, client: Client | None = None) -> HttpResponse:
        return (client or self.client).post(  # type: ignore[return-value]
            "/en/sign-in/", {"login": login or self.plsa.login, "password": password}
        )

    def is_in(self, client: Client | None = None) -> bool:
        answer = (client or self.client).get("/en/home/")
        assert answer.status_code in {200, 302}
        return answer.status_code == 200


def person(email: str = "paula@fournier.example") -> Person:
    made = accounts.create_login(
        first_name="Paula", last_name="O'Plsa", email=email, language="en", actor=SYSTEM, now=NOW
    )
    return accounts.set_password(person_id=made.pk, password=PASSWORD, actor=SYSTEM, now=NOW)


def open_for(company: Company, who: Person, *, plsa: bool = True) -> None:
    if not Access.objects.filter(company=company).exists():
        memberships.open_company(company_id=company.pk, company_key=company.key, actor=SYSTEM, now=NOW)
    membership = memberships.join(
        person_id=who.pk, person_key=who.key, company_id=company.pk, company_key=company.key, actor=SYSTEM, now=NOW
    )
    if plsa:
        memberships.appoint(
            membership=membership, person_key=who.key, company_key=company.key, proposed=False, actor=SYSTEM, now=NOW
        )


@pytest.fixture(autouse=True)
def _new_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """No number of a busy minute is remembered from another test."""
    monkeypatch.setattr("passerelle.entry.actions.diagnosis._busy", {})


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One entry for each password that is hashed to be compared, from now on."""
    counted: list[str] = []
    verify = OwaspArgon2.verify

    def counting(self: OwaspArgon2, password: str, encoded: str) -> bool:
        counted.append(encoded)
        return verify(self, password, encoded)

    monkeypatch.setattr(OwaspArgon2, "verify", counting)
    return counted


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def house(db: None, clock: time_machine.Traveller, client: Client) -> House:
    company, plsa = cast.company(NOW), person()
    open_for(company, plsa)
    return House(company, plsa, client)
