"""From the third analysis in an hour a proof of work is asked, that browsers give by themselves (decisions 10, 22)."""

from __future__ import annotations

from typing import Any

import pytest

from passerelle.suppliers.models import Company
from tests.browser import chromium
from tests.browser.conftest import Opens
from tests.browser.window import Window

pytestmark = chromium.MARKS


@pytest.fixture(autouse=True)
def limits(settings: Any) -> None:
    """The numbers of the table, counted by day, so that no hour ends in the middle of a test."""
    settings.PASSERELLE_LIMITS = {
        **settings.PASSERELLE_LIMITS, "analysis_free": "2/d", "analysis": "4/d", "analysis_without_proof": "1/d",
    }  # fmt: skip


def analyse(window: Window, company: Company) -> int:
    window.goes("get-an-access/")
    window.fill("COFOR", company.cofor)
    if window.page.locator("altcha-widget").count():
        window.page.locator("altcha-widget [data-state=verified]").wait_for()
    return window.press("Start analysis")


def test_the_proof_solves_itself(opens: Opens, company: Company) -> None:
    window = opens()
    assert [analyse(window, company) for _ in range(2)] == [200, 200]
    window.examined = True
    window.goes("get-an-access/")
    window.examined = False
    assert window.page.locator("altcha-widget").count() == 1
    # More than the tighter limit of browsers without a proof.
    assert [analyse(window, company) for _ in range(2)] == [200, 200]
    assert "2 of 6 checks passed" in window.text
    assert analyse(window, company) == 429
    assert window.box("COFOR").input_value() == company.cofor


def test_who_presses_before_the_proof_is_ready_goes_through(opens: Opens, company: Company) -> None:
    window = opens()
    for _ in range(2):
        analyse(window, company)
    window.goes("get-an-access/")
    window.fill("COFOR", company.cofor)
    window.button("Start analysis").click()
    window.page.wait_for_url("**cofor=*")
    assert "2 of 6 checks passed" in window.text


def test_without_a_script_the_tighter_limit_lets_it_through(opens: Opens, company: Company) -> None:
    window = opens(script=False)
    found = []
    for _ in range(4):
        window.goes("get-an-access/")
        window.fill("COFOR", company.cofor)
        found.append(window.press("Start analysis"))
    assert found == [200, 200, 200, 429]
    assert "Too many analyses from here" in window.text
