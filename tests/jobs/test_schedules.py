"""Schedules: due by the organisation's clock, fired once whoever looks, missed slots made good by one run."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.db import connection
from django_tasks_db.models import DBTaskResult

from passerelle import jobs
from passerelle.jobs.models import Slot
from passerelle.jobs.schedules import Schedule, discover, fire
from passerelle.jobs.worker import run_batch
from tests.conftest import NOW
from tests.jobs import probe

HOURLY = Schedule(probe.tick, period=timedelta(hours=1))
DAILY = Schedule(probe.tick, at=time(7, 0))


def test_a_period_begins_on_the_full_hour() -> None:
    assert HOURLY.slot(NOW) == datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "slot"),
    [
        (datetime(2026, 3, 2, 9, 30, tzinfo=UTC), datetime(2026, 3, 2, 6, 0, tzinfo=UTC)),
        (datetime(2026, 3, 2, 5, 59, tzinfo=UTC), datetime(2026, 3, 1, 6, 0, tzinfo=UTC)),
        (datetime(2026, 3, 29, 5, 0, tzinfo=UTC), datetime(2026, 3, 29, 5, 0, tzinfo=UTC)),  # summer time since 2:00
        (datetime(2026, 10, 25, 6, 0, tzinfo=UTC), datetime(2026, 10, 25, 6, 0, tzinfo=UTC)),
    ],
)
def test_a_daily_task_keeps_to_the_hour_on_the_wall(now: datetime, slot: datetime) -> None:
    assert DAILY.slot(now) == slot


def test_an_hour_that_summer_time_skips_comes_once() -> None:
    night = Schedule(probe.tick, at=time(2, 30))
    slots = {night.slot(datetime(2026, 3, 28, 12, tzinfo=UTC) + timedelta(minutes=10 * n)) for n in range(300)}
    assert len(slots) == 3


@pytest.mark.django_db
def test_it_fires_once_a_slot() -> None:
    assert [fire(HOURLY, now=NOW), fire(HOURLY, now=NOW + timedelta(minutes=20))] == [True, False]
    assert DBTaskResult.objects.count() == 1


@pytest.mark.django_db
def test_slots_missed_while_no_worker_ran_count_as_one() -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        fire(HOURLY, now=NOW)
        run_batch()
        clock.shift(timedelta(days=31))
        fire(HOURLY, now=NOW + timedelta(days=31))
    assert Slot.objects.filter(name=HOURLY.name).count() == 2


@pytest.mark.django_db
def test_it_does_not_pile_up_behind_a_run_that_still_waits() -> None:
    with time_machine.travel(NOW, tick=False):
        fire(HOURLY, now=NOW)
        assert fire(HOURLY, now=NOW + timedelta(hours=1))
    assert DBTaskResult.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_of_many_workers_one_fires() -> None:
    fired: list[bool] = []
    barrier = threading.Barrier(6)

    def look() -> None:
        barrier.wait()
        fired.append(fire(HOURLY, now=NOW))
        connection.close()

    threads = [threading.Thread(target=look) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(fired) == [False] * 5 + [True]
    assert DBTaskResult.objects.count() == 1


def test_it_finds_the_schedules_of_the_apps() -> None:
    assert {"passerelle.jobs.tasks.prune", "passerelle.mail.tasks.sweep"} <= set(discover())


def test_it_refuses_a_period_of_no_length() -> None:
    with pytest.raises(ValueError, match="period"):
        jobs.every(minutes=0)
