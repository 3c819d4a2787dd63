"""When all turns to hash are taken, sign-in says so in seconds and counts nothing (security page, flood)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from passerelle.accounts import hashers
from passerelle.accounts.hashers import Busy
from passerelle.limits.models import Counter, Pause
from tests.entry.conftest import PASSWORD, House


@pytest.fixture
def full(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every turn is taken, and nobody is patient."""

    def taken(patience: float) -> int | None:
        raise Busy

    monkeypatch.setattr(hashers, "_taken", taken)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.usefixtures("full")
def test_a_busy_portal_says_try_again_in_seconds_and_counts_nothing(house: House, language: str) -> None:
    for _ in range(20):
        answer = Client().post(f"/{language}/sign-in/", {"login": house.plsa.login, "password": PASSWORD})
        assert answer.status_code == 429
        assert answer["Retry-After"] == "5"
        assert b'<form id="sign-in"' in answer.content
    assert not [row for row in Pause.objects.all() if row.tries or row.paused_until]
    assert not [row for row in Counter.objects.all() if row.count]


def test_a_pause_is_told_even_when_the_portal_is_busy(house: House, request: pytest.FixtureRequest) -> None:
    for _ in range(5):
        house.sign_in(password="wrong", client=Client())
    request.getfixturevalue("full")
    answer = house.sign_in(password="wrong", client=Client())
    assert answer.status_code == 422  # refused before any turn is asked for
    assert b"paused until" in answer.content


def test_where_no_place_is_left_nothing_is_read_or_written(
    house: House, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    # Flood: the cheapest answer there is, once the number of this minute is drawn
    settings.PASSERELLE_WEB_THREADS = 1
    monkeypatch.setattr(hashers, "_at_doors", [])
    with hashers.place_at_the_door():
        house.sign_in(client=Client())
    with hashers.place_at_the_door(), CaptureQueriesContext(connection) as queries:
        answer = house.sign_in(client=Client())
    assert answer.status_code == 429
    assert len(queries) == 0
    assert house.sign_in(client=Client()).status_code == 302
