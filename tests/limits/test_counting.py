"""Named limits: one atomic upsert, committed by itself, never given back by a rollback."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from pytest_django import Settings

from passerelle.limits import check
from passerelle.limits.models import Counter
from passerelle.limits.policies import DEFAULTS, policy
from passerelle.limits.tasks import sweep

pytestmark = pytest.mark.django_db
ADDRESS = "192.0.2.7"


def test_the_limit_is_the_last_try_that_is_allowed(now: datetime) -> None:
    most = policy("resend").count
    answers = [bool(check.hit("resend", ADDRESS, now=now)) for _ in range(most + 2)]
    assert answers == [True] * most + [False, False]


def test_subjects_and_policies_are_counted_apart(now: datetime) -> None:
    check.hit("resend", ADDRESS, now=now)
    assert check.peek("resend", "198.51.100.1", now=now).count == 0
    assert check.peek("relay", ADDRESS, now=now).count == 0


def test_looking_counts_nothing(now: datetime) -> None:
    assert [check.peek("resend", ADDRESS, now=now).count for _ in range(3)] == [0, 0, 0]
    assert not Counter.objects.exists()


def test_a_new_window_begins_from_nothing_and_is_announced(now: datetime) -> None:
    for _ in range(policy("resend").count):
        check.hit("resend", ADDRESS, now=now)
    refused = check.hit("resend", ADDRESS, now=now)
    assert not refused
    assert now < refused.again_at <= now + policy("resend").period
    assert check.hit("resend", ADDRESS, now=refused.again_at)


def test_a_success_that_proves_the_subject_genuine_forgets_its_tries(now: datetime) -> None:
    check.hit("sign_in_address", "LOGIN", now=now)
    check.forget("sign_in_address", "LOGIN", now=now)
    assert check.peek("sign_in_address", "LOGIN", now=now).count == 0


def test_what_was_typed_is_never_kept(now: datetime) -> None:
    check.hit("sign_in_address", "SECRETLOGIN", now=now)
    assert "SECRETLOGIN" not in Counter.objects.get().subject


def test_the_factor_multiplies_every_limit(settings: Settings) -> None:
    settings.PASSERELLE_LIMITS_FACTOR = 10.0
    assert all(
        policy(name).count == entry.count * 10
        for name, entry in DEFAULTS.items()
        if name not in settings.PASSERELLE_LIMITS
    )
    settings.PASSERELLE_LIMITS_FACTOR = 0.0001
    assert {policy(name).count for name in DEFAULTS} == {1}  # a limit of nothing would close the portal


@pytest.mark.parametrize(
    ("written", "count", "period"),
    [("5/h", 5, timedelta(hours=1)), ("3/d", 3, timedelta(days=1)), ("10/15m", 10, timedelta(minutes=15))],
)
def test_a_brand_writes_its_own_numbers(settings: Settings, written: str, count: int, period: timedelta) -> None:
    settings.PASSERELLE_LIMITS = {"analysis": written}
    found = policy("analysis")
    assert (found.count, found.period, found.reason) == (count, period, DEFAULTS["analysis"].reason)


def test_every_policy_says_why() -> None:
    assert all(len(entry.reason) > 20 for entry in DEFAULTS.values())


def test_counters_of_windows_long_past_are_removed(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    check.hit("resend", ADDRESS, now=now - timedelta(days=4))
    check.hit("resend", ADDRESS, now=now)
    monkeypatch.setattr("passerelle.core.clock.now", lambda: now)
    sweep.func()
    assert Counter.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_counting_inside_the_transaction_of_an_action_is_refused(now: datetime, settings: Settings) -> None:
    settings.PASSERELLE_TESTING = False
    with transaction.atomic(), pytest.raises(RuntimeError, match="outside a transaction"):
        check.hit("resend", ADDRESS, now=now)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_twenty_tries_at_once_each_counts(now: datetime) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("threads need a database on a server")
    counts: list[int] = []

    def attempt() -> None:
        try:
            counts.append(check.hit("analysis", ADDRESS, now=now).count)
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counts) == list(range(1, 21))
