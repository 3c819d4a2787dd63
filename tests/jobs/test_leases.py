"""Leases: a killed worker's task goes back to the queue; a worker that was only slow changes nothing any more."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from passerelle import jobs
from passerelle.jobs import claims
from passerelle.jobs.models import Attempt
from passerelle.jobs.reaper import Reaper
from passerelle.jobs.work import LOST_WORKERS
from tests.conftest import NOW
from tests.jobs import probe

pytestmark = pytest.mark.django_db
AFTER = NOW + claims.LEASE + timedelta(seconds=1)


@pytest.fixture
def claimed() -> claims.Claim:
    with time_machine.travel(NOW, tick=False), transaction.atomic():
        jobs.enqueue(probe.note, "x")
    with time_machine.travel(NOW, tick=False):
        claim = claims.claim("one", ["default"], now=NOW)
    assert claim
    return claim


def status() -> str:
    return DBTaskResult.objects.get().status


def test_a_claimed_task_is_not_given_to_another(claimed: claims.Claim) -> None:
    assert claims.claim("two", ["default"], now=NOW) is None
    assert jobs.state(now=NOW).running == 1


def test_a_lease_that_ended_puts_the_task_back(claimed: claims.Claim) -> None:
    assert Reaper(confirm=0).round(now=NOW) == 0
    assert Reaper(confirm=0).round(now=AFTER) == 1
    assert status() == TaskResultStatus.READY


def test_a_lease_that_is_renewed_stays(claimed: claims.Claim) -> None:
    claims.renew([claimed.row.pk], now=AFTER)
    assert Reaper(confirm=0).round(now=AFTER) == 0
    assert status() == TaskResultStatus.RUNNING


def test_a_clock_that_jumps_forward_takes_no_task_from_a_living_worker(claimed: claims.Claim) -> None:
    tomorrow = NOW + timedelta(days=1)
    reaper = Reaper(confirm=0.2)
    assert reaper.round(now=tomorrow) == 0
    claims.renew([claimed.row.pk], now=tomorrow)
    time.sleep(0.25)
    assert reaper.round(now=tomorrow) == 0


def test_a_dead_worker_is_noticed_after_a_jump_forward_too(claimed: claims.Claim) -> None:
    reaper = Reaper(confirm=0.2)
    reaper.round(now=AFTER)
    time.sleep(0.25)
    assert reaper.round(now=AFTER) == 1


def test_a_dead_worker_is_noticed_although_the_clock_was_set_back(
    claimed: claims.Claim, monkeypatch: pytest.MonkeyPatch
) -> None:
    reaper = Reaper()
    yesterday = NOW - timedelta(days=1)
    assert reaper.round(now=yesterday) == 0
    later = time.monotonic() + claims.LEASE.total_seconds() + 1
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert reaper.round(now=yesterday) == 1


def test_a_worker_that_was_taken_for_dead_changes_nothing_any_more(claimed: claims.Claim) -> None:
    Reaper(confirm=0).round(now=AFTER)
    again = claims.claim("two", ["default"], now=AFTER)
    assert again
    assert claims.succeed(claimed, now=AFTER) is False
    assert claims.postpone(claimed, timedelta(), now=AFTER) is False
    claims.fail(claimed, RuntimeError(), now=AFTER)
    assert status() == TaskResultStatus.RUNNING
    assert claims.succeed(again, now=AFTER) is True
    assert status() == TaskResultStatus.SUCCESSFUL


def test_a_task_that_takes_its_workers_down_is_given_up() -> None:
    with transaction.atomic():
        jobs.enqueue(probe.once, "x")
    for _ in range(LOST_WORKERS):
        assert claims.claim("one", ["default"], now=NOW)
        Reaper(confirm=0).round(now=AFTER)
    assert status() == TaskResultStatus.FAILED
    assert Attempt.objects.get().last_error == "its worker was lost"
