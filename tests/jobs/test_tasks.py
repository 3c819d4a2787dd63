"""Tasks: queued in a transaction, run once, tried again with backoff, given up in the end."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from passerelle import jobs
from passerelle.jobs.models import Attempt
from passerelle.jobs.tasks import prune
from passerelle.jobs.work import Retry
from passerelle.jobs.worker import run_batch
from tests.conftest import NOW
from tests.jobs import probe


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    probe.RAN.clear()
    monkeypatch.setattr("passerelle.jobs.schedules.discover", dict)


def queue(work: object, *arguments: object) -> str:
    with transaction.atomic():
        return jobs.enqueue(work, *arguments)  # type: ignore[arg-type]


@pytest.mark.django_db(transaction=True)
def test_it_refuses_to_queue_outside_a_transaction() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        jobs.enqueue(probe.note, "a")


@pytest.mark.django_db(transaction=True)
def test_it_forgets_a_task_whose_transaction_is_rolled_back() -> None:
    with transaction.atomic():
        jobs.enqueue(probe.note, "a")
        transaction.set_rollback(True)
    assert run_batch() == 0


@pytest.mark.django_db
def test_it_runs_each_task_once() -> None:
    for word in "abc":
        queue(probe.note, word)
    assert run_batch() == 3
    assert run_batch() == 0
    assert sorted(probe.RAN) == ["a", "b", "c"]
    assert not Attempt.objects.exists()


@pytest.mark.django_db
def test_it_tries_a_failing_task_again_later_and_gives_it_up_in_the_end() -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        task = queue(probe.failing, "x")
        assert run_batch() == 1
        assert run_batch() == 0
        clock.shift(timedelta(seconds=9))
        assert run_batch() == 0
        clock.shift(timedelta(seconds=1))
        assert run_batch() == 1
        clock.shift(timedelta(seconds=14))  # the wait is doubled, then capped at 15
        assert run_batch() == 0
        clock.shift(timedelta(seconds=1))
        assert run_batch() == 1
        clock.shift(timedelta(days=1))
        assert run_batch() == 0
    row = DBTaskResult.objects.get(pk=task)
    assert row.status == TaskResultStatus.FAILED
    assert row.exception_class_path == "builtins.RuntimeError"
    assert "\0" not in row.traceback
    assert jobs.state(now=NOW).failed == 1


@pytest.mark.django_db
def test_it_does_not_try_again_what_has_one_try() -> None:
    queue(probe.once, "x")
    with time_machine.travel(NOW + timedelta(days=30)):
        run_batch()
    with time_machine.travel(NOW + timedelta(days=60)):
        run_batch()
    assert probe.RAN == ["x"]


@pytest.mark.django_db
def test_a_task_that_asks_to_come_back_later_spends_no_try_and_rests_its_queue() -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        queue(probe.patient, "first")
        queue(probe.patient, "second")
        queue(probe.note, "other queue")
        assert run_batch() == 2
        assert sorted(probe.RAN) == ["first", "other queue"]
        assert run_batch() == 1  # the second message was not touched meanwhile
        for _ in range(3):
            clock.shift(timedelta(minutes=1))
            run_batch()
    assert len(probe.RAN) == 6
    assert not DBTaskResult.objects.filter(status=TaskResultStatus.FAILED).exists()
    assert set(Attempt.objects.values_list("tries", flat=True)) == {0}


@pytest.mark.django_db
def test_a_task_this_version_does_not_know_waits_for_the_version_that_does() -> None:
    task = queue(probe.note, "x")
    DBTaskResult.objects.filter(pk=task).update(task_path="passerelle.jobs.tasks.from_tomorrow")
    assert run_batch() == 1
    assert DBTaskResult.objects.get(pk=task).status == TaskResultStatus.READY


@pytest.mark.django_db
def test_it_tells_how_the_queue_stands() -> None:
    with time_machine.travel(NOW, tick=False):
        empty = jobs.state(now=NOW)
        queue(probe.note, "now")
        with transaction.atomic():
            jobs.enqueue_at(NOW + timedelta(hours=2), probe.note, "then")
    state = jobs.state(now=NOW + timedelta(hours=1))
    assert (empty.ready, empty.due, empty.oldest_due_age) == (0, 0, timedelta())
    assert state.ready == 2
    assert state.running == 0
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        state = jobs.state(now=NOW + timedelta(hours=1))
        assert (state.due, state.oldest_due_age) == (1, timedelta(hours=1))
        assert run_batch() == 1
    assert probe.RAN == ["now"]


@pytest.mark.django_db
def test_it_deletes_what_was_done_long_ago() -> None:
    with time_machine.travel(NOW, tick=False):
        queue(probe.note, "x")
        queue(probe.once, "x")
        run_batch()
    with time_machine.travel(NOW + timedelta(days=8), tick=False):
        prune.call()
    assert list(DBTaskResult.objects.values_list("status", flat=True)) == ["FAILED"]
    with time_machine.travel(NOW + timedelta(days=61), tick=False):
        prune.call()
    assert not DBTaskResult.objects.exists()
    assert not Attempt.objects.exists()


def test_the_wait_doubles_up_to_its_cap() -> None:
    retry = Retry(tries=None, first=5, cap=60)
    assert [retry.delay(n).total_seconds() for n in (1, 2, 3, 4, 5, 500)] == [5, 10, 20, 40, 60, 60]
    assert retry.again(10_000)


@pytest.mark.parametrize("policy", [{"tries": 0}, {"first": 0}, {"first": 10, "cap": 5}])
def test_it_refuses_a_policy_that_contradicts_itself(policy: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"task is tried|first delay"):
        jobs.task(**policy)  # type: ignore[arg-type]
