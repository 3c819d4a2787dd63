"""Real worker processes: several at once, killed, stopped, without a database for a while, under a moved clock."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.jobs.live import Site, site, until
from tests.jobs.proxy import Proxy

FAKETIME = list(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
QUEUE = """
from passerelle import jobs
from tests.jobs import probe
with transaction.atomic():
    for word in {words!r}:
        jobs.enqueue(probe.write, {path!r}, word, {seconds})
"""
STATE = """
from django_tasks_db.models import DBTaskResult
answer = sorted(DBTaskResult.objects.exclude(task_path__contains="passerelle.").values_list("status", flat=True))
"""


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Site]:
    with site(tmp_path) as made:
        yield made


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    path = tmp_path / "trace"
    path.touch()
    return path


def queue(place: Site, trace: Path, words: list[str], seconds: float = 0.0) -> None:
    place.python(QUEUE.format(words=words, path=str(trace), seconds=seconds))


def ends(trace: Path) -> list[str]:
    return [line.split()[1] for line in trace.read_text().splitlines() if line.startswith("end")]


def test_two_workers_run_three_hundred_tasks_once_each(place: Site, trace: Path) -> None:
    words = [f"w{number}" for number in range(300)]
    queue(place, trace, words)
    first, second = place.worker(), place.worker()
    place.started(2)
    until(lambda: len(ends(trace)) >= 300, 60, place.log)
    time.sleep(1)
    assert sorted(ends(trace)) == sorted(words)
    for worker in (first, second):
        worker.terminate()
        assert worker.wait(60) == 0
    assert set(place.python(STATE)) == {"SUCCESSFUL"}


def test_a_killed_worker_s_task_is_run_by_another(place: Site, trace: Path) -> None:
    queue(place, trace, ["long"], 2.0)
    victim = place.worker(lease=3)
    until(lambda: "begin long" in trace.read_text(), 20, "the task began")
    victim.kill()
    place.worker(lease=3)
    until(lambda: ends(trace) == ["long"], 30, place.log)
    assert trace.read_text().count("begin long") == 2


def test_a_task_that_outlasts_its_lease_is_left_alone_while_its_worker_lives(place: Site, trace: Path) -> None:
    queue(place, trace, ["long"], 6.0)
    place.worker(lease=2)
    place.worker(lease=2)
    until(lambda: ends(trace), 30, place.log)
    time.sleep(1)
    assert trace.read_text().count("begin long") == 1


def test_it_finishes_what_is_under_way_when_told_to_stop(place: Site, trace: Path) -> None:
    queue(place, trace, ["slow", "next"], 2.0)
    worker = place.worker()
    until(lambda: "begin slow" in trace.read_text(), 20, "the task began")
    worker.terminate()
    assert worker.wait(60) == 0
    assert ends(trace) == ["slow"]
    assert place.python(STATE) == ["READY", "SUCCESSFUL"]


def test_an_idle_worker_stops_at_once(place: Site) -> None:
    worker = place.worker()
    place.started()
    worker.send_signal(signal.SIGINT)
    until(lambda: worker.poll() is not None, 3, place.log)
    assert worker.returncode == 0


def test_it_stops_by_itself_after_the_seconds_it_was_given(place: Site) -> None:
    worker = place.worker("--max-seconds", "1")
    until(lambda: worker.poll() is not None, 20, place.log)
    assert worker.returncode == 0


def test_a_batch_runs_what_is_due_and_ends(place: Site, trace: Path) -> None:
    queue(place, trace, ["a", "b"])
    place.manage("worker", "--batch")
    assert sorted(ends(trace)) == ["a", "b"]


def test_an_empty_queue_answers_within_a_second(place: Site, trace: Path) -> None:
    place.worker()
    place.started()
    time.sleep(1)
    place.python(QUEUE.format(words=["quick"], path=str(trace), seconds=0) + "import time; answer = time.time()")
    until(lambda: ends(trace), 2, place.log)


@pytest.mark.skipif(not FAKETIME, reason="needs Debian's libfaketime")
def test_a_moved_clock_moves_the_schedules_and_neither_stops_nor_repeats_work(place: Site, trace: Path) -> None:
    queue(place, trace, ["a"])
    worker = place.worker(LD_PRELOAD=str(FAKETIME[0]), FAKETIME="+31d")
    until(lambda: ends(trace) == ["a"], 30, place.log)
    queue(place, trace, ["b"])
    until(lambda: ends(trace) == ["a", "b"], 10, place.log)
    worker.terminate()
    assert worker.wait(60) == 0
    slots = "from passerelle.jobs.models import Slot\nanswer = [str(s.slot_at) for s in Slot.objects.all()]"
    fired = place.python(slots)
    assert fired
    assert all(slot > time.strftime("%Y-%m-%d", time.gmtime(time.time() + 29 * 86400)) for slot in fired)


@pytest.mark.skipif("PASSERELLE_TEST_DATABASE_URL" in os.environ, reason="SQLite's lock")
def test_it_waits_out_a_locked_database(place: Site, trace: Path) -> None:
    queue(place, trace, ["a", "b", "c"])
    lock = sqlite3.connect(place.folder / "live.sqlite3", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    place.worker()
    place.started()
    time.sleep(2)
    assert ends(trace) == []
    lock.execute("ROLLBACK")
    lock.close()
    until(lambda: Counter(ends(trace)) == Counter("abc"), 5, place.log)


@pytest.mark.skipif("PASSERELLE_TEST_DATABASE_URL" not in os.environ, reason="needs a database server")
@pytest.mark.parametrize("seconds", [3, 25])
def test_it_outlives_a_database_that_goes_away_and_is_back_within_five_seconds(
    tmp_path: Path, trace: Path, seconds: int
) -> None:
    server = urlsplit(os.environ["PASSERELLE_TEST_DATABASE_URL"])
    proxy = Proxy(server.hostname or "localhost", server.port or 5432)
    try:
        with site(tmp_path) as place:
            queue(place, trace, ["before"])
            real = place.env["PASSERELLE_DATABASE_URL"]
            through = real.replace(f":{server.port}", f":{proxy.port}")
            worker = place.worker(PASSERELLE_DATABASE_URL=through)
            until(lambda: ends(trace) == ["before"], 20, place.log)
            queue(place, trace, ["across"], 1.5)
            until(lambda: "begin across" in trace.read_text(), 5, place.log)
            proxy.go_away()
            time.sleep(seconds)
            queue(place, trace, ["after"])
            proxy.come_back()
            until(lambda: "after" in ends(trace), 5, place.log)
            until(lambda: set(place.python(STATE)) == {"SUCCESSFUL"}, 5, place.log)
            assert sorted(ends(trace)) == ["across", "after", "before"]
            assert worker.poll() is None
            worker.terminate()
            assert worker.wait(60) == 0
    finally:
        proxy.end()
