"""At most one password a core is hashed at a time, over all processes of a machine (decision 12, security page)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from passerelle.accounts import hashers
from passerelle.accounts.hashers import Busy, place_at_the_door, turn
from tests.tree import ROOT

# A web process in small: takes turns from several threads and writes down when each began and ended.
WORKER = """
import os, sys, threading, time
import django
django.setup()
from passerelle.accounts.hashers import turn

def work():
    for _ in range(6):
        with turn(30):
            began = time.monotonic()
            time.sleep(0.02)
            os.write(1, f"{began} {time.monotonic()}\\n".encode())  # whole lines: four threads write

threads = [threading.Thread(target=work) for _ in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
"""
HOLDER = """
import sys, time
import django
django.setup()
from passerelle.accounts.hashers import turn
with turn(30):
    print("held", flush=True)
    time.sleep(60)
"""


def process(folder: Path, code: str, hashes: int) -> subprocess.Popen[str]:
    own = os.environ | {
        "PASSERELLE_DATA_DIR": str(folder), "PASSERELLE_HASHES": str(hashes),
        "DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
    }  # fmt: skip
    return subprocess.Popen([sys.executable, "-c", code], env=own, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def most_at_once(spans: list[tuple[float, float]]) -> int:
    edges = sorted([(begin, 1) for begin, _ in spans] + [(end, -1) for _, end in spans])
    now = most = 0
    for _, step in edges:
        now += step
        most = max(most, now)
    return most


@pytest.mark.parametrize("hashes", [1, 2])
def test_two_processes_share_the_turns_of_one_machine(tmp_path: Path, hashes: int) -> None:
    spans: list[tuple[float, float]] = []
    running = [process(tmp_path, WORKER, hashes) for _ in range(2)]
    for one in running:
        lines, _ = one.communicate(timeout=120)
        spans += [(float(line.split()[0]), float(line.split()[1])) for line in lines.splitlines()]
    assert len(spans) == 48
    assert most_at_once(spans) <= hashes


def test_a_process_that_is_killed_gives_its_turn_back(tmp_path: Path, settings: Any) -> None:
    settings.PASSERELLE_DATA_DIR, settings.PASSERELLE_HASHES = tmp_path, 1
    holder = process(tmp_path, HOLDER, 1)
    assert holder.stdout
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(Busy), turn(0.1):
        pass
    holder.send_signal(signal.SIGKILL)
    holder.wait(20)
    holder.stdout.close()
    with turn(5):
        pass


def test_a_turn_inside_a_turn_costs_nothing(tmp_path: Path, settings: Any) -> None:
    settings.PASSERELLE_DATA_DIR, settings.PASSERELLE_HASHES = tmp_path, 1
    with turn(1), turn(0):
        pass
    with turn(0):
        pass


def test_tries_at_a_door_leave_a_thread_for_other_pages(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Flood: whoever would take the last thread is told at once that the portal is busy.
    settings.PASSERELLE_DATA_DIR, settings.PASSERELLE_HASHES, settings.PASSERELLE_WEB_THREADS = tmp_path, 1, 4
    monkeypatch.setattr(hashers, "_at_doors", [])
    told: list[tuple[str, float]] = []

    def knock() -> None:
        began = time.monotonic()
        try:
            with place_at_the_door(), turn(0.5):
                told.append(("in", 0))
        except Busy:
            told.append(("busy", time.monotonic() - began))

    with turn(1):
        threads = [threading.Thread(target=knock) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [word for word, _ in told] == ["busy"] * 4
    waited = sorted(seconds for _, seconds in told)
    assert waited[0] < 0.3  # one of the four at once
    assert waited[1] >= 0.5  # the others waited for their turn
    with place_at_the_door(), turn(1):
        pass


def test_where_no_file_can_be_locked_passwords_are_hashed_all_the_same(tmp_path: Path, settings: Any) -> None:
    (tmp_path / "file").write_text("no folder")
    settings.PASSERELLE_DATA_DIR = tmp_path / "file"
    with turn(0):
        pass


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux knows the priority of a thread")
def test_hashes_stand_behind_pages_for_the_processor() -> None:
    def priority() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    assert hashers._behind_pages().submit(priority).result(10) == min(19, priority() + hashers.NICENESS)


def test_turns_go_on_when_somebody_empties_the_folder(tmp_path: Path, settings: Any) -> None:
    settings.PASSERELLE_DATA_DIR, settings.PASSERELLE_HASHES = tmp_path, 1
    with turn(1):
        pass
    (tmp_path / "locks" / "hash-0").unlink()
    with turn(1):
        # Another process locks the new file, so this one must hold it too.
        other = process(tmp_path, HOLDER.replace("turn(30)", "turn(0.3)"), 1)
        other.communicate(timeout=60)
        assert other.returncode != 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="only connections of a pool are given back")
def test_whoever_waits_for_a_turn_holds_no_connection(tmp_path: Path, settings: Any) -> None:
    settings.PASSERELLE_DATA_DIR, settings.PASSERELLE_HASHES = tmp_path, 1
    waits: list[bool] = []

    def wait() -> None:
        connection.ensure_connection()
        with pytest.raises(Busy), turn(0.2):
            pass
        waits.append(connection.connection is None)
        with transaction.atomic(), pytest.raises(Busy), turn(0.1):
            pass
        waits.append(connection.connection is not None)
        connection.close()

    with turn(1):
        thread = threading.Thread(target=wait)
        thread.start()
        thread.join(30)
    assert waits == [True, True]


def test_the_cores_this_process_may_use_are_the_turns(settings: Any) -> None:
    settings.PASSERELLE_HASHES = 0
    assert hashers.turns() == len(os.sched_getaffinity(0))
    settings.PASSERELLE_HASHES = 7
    assert hashers.turns() == 7
