"""My account: every page of it, in both languages (D11)."""

from __future__ import annotations

import pytest

from tests.entry.conftest import House

PAGES = ("", "details/", "email/", "language/", "sessions/", "activity/", "data/")


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_my_account_opens_for_its_person_alone(house: House, page: str, language: str) -> None:
    # D11
    address = f"/{language}/account/{page}"
    assert house.client.get(address).status_code == 302
    house.sign_in()
    answer = house.client.get(address)
    assert answer.status_code == 200
    assert b"{%" not in answer.content
    assert "no-store" in answer["Cache-Control"]
