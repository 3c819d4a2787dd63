"""Argon2id with OWASP's parameters (decision 12): 19 MiB, two passes, one lane; about 21 ms on one core.

At most one hash a core is worked on at a time, over all processes of a machine: more would only make each slower, and
every other page with them. A turn is a file that is locked; the kernel gives it back when a process dies.
"""

from __future__ import annotations

import fcntl
import os
import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection

PATIENCE = 20.0  # seconds that a hash inside an action waits for its turn
PATIENCE_AT_THE_DOOR = 5.0  # seconds that a try which anybody may make waits: it costs the others a thread, no more
NICENESS = 10
_PAUSE = 0.002

_mine = threading.local()
_at_doors: list[threading.BoundedSemaphore] = []
_pools: dict[int, ThreadPoolExecutor] = {}
_queues: dict[int, threading.BoundedSemaphore] = {}
_seats: dict[tuple[int, Path], _Seat] = {}
_making = threading.Lock()


class Busy(Exception):
    """All turns are taken, and waiting any longer would keep other pages waiting too."""


class OwaspArgon2(Argon2PasswordHasher):
    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        with turn(PATIENCE):
            return _behind_pages().submit(super().encode, password, salt).result()

    def verify(self, password: str, encoded: str) -> bool:
        with turn(PATIENCE):
            return _behind_pages().submit(super().verify, password, encoded).result()


def _behind_pages() -> ThreadPoolExecutor:
    """The threads of this process that hash. They stand behind all others for the processor: a page that is asked for
    meanwhile does not wait until a hash is done."""
    with _making:
        pool = _pools.get(os.getpid())
        if pool is None:
            pool = _pools[os.getpid()] = ThreadPoolExecutor(turns(), "hash", initializer=_step_back)
    return pool


def _step_back() -> None:
    with suppress(OSError, AttributeError):  # Linux knows the priority of a thread; elsewhere hashes compete
        mine = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, mine, min(19, os.getpriority(os.PRIO_PROCESS, mine) + NICENESS))


@contextmanager
def place_at_the_door() -> Iterator[None]:
    """A place for a try that anybody may make. Raises `Busy` at once, before anything was read or counted, when so many
    tries are under way in this process that one more would leave too few threads for other pages."""
    places = _places()
    if not places.acquire(blocking=False):
        raise Busy
    try:
        yield
    finally:
        places.release()


@contextmanager
def turn_at_a_door(patience: float = PATIENCE_AT_THE_DOOR) -> Iterator[None]:
    """A place and a turn at once, for a try that is charged nothing before."""
    with place_at_the_door(), turn(patience):
        yield


@contextmanager
def turn(patience: float) -> Iterator[None]:
    """Hold one of the machine's turns. Within a turn another one costs nothing. Raises `Busy` after `patience`.

    Whoever has to wait gives its connection to the database back to the pool meanwhile, unless a transaction is open.
    """
    if getattr(_mine, "held", False):
        yield
        return
    with _queue(patience) as left:
        seat = _taken(left)
        _mine.held = True
        try:
            yield
        finally:
            _mine.held = False
            if seat is not None:
                seat.leave()


def turns() -> int:
    """How many hashes may be worked on at a time: the cores this process may use, unless the settings say otherwise."""
    return settings.PASSERELLE_HASHES or len(os.sched_getaffinity(0))


def _places() -> threading.BoundedSemaphore:
    with _making:
        if not _at_doors:
            threads = settings.PASSERELLE_WEB_THREADS
            _at_doors.append(threading.BoundedSemaphore(max(1, threads - max(1, threads // 4))))
    return _at_doors[0]


@contextmanager
def _queue(patience: float) -> Iterator[float]:
    """Wait among the threads of this process, so that no more of them than there are turns look at the files. Gives
    what is left of the patience."""
    until, number = time.monotonic() + patience, turns()
    with _making:
        waiting = _queues.setdefault(number, threading.BoundedSemaphore(number))
    if not waiting.acquire(blocking=False):
        _let_others_ask()
        if not waiting.acquire(timeout=max(0.0, until - time.monotonic())):
            raise Busy
    try:
        yield max(0.0, until - time.monotonic())
    finally:
        waiting.release()


def _let_others_ask() -> None:
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        connection.close()


@dataclass(slots=True)
class _Seat:
    """The file of one turn, kept open by this process; one thread at a time may lock it."""

    path: Path
    handle: int
    file: int
    free: threading.Lock = field(default_factory=threading.Lock)

    def take(self) -> bool:
        """Whether the turn was free, here and in every other process."""
        if not self.free.acquire(blocking=False):
            return False
        try:
            fcntl.flock(self.handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self.free.release()
            return False
        return True

    def leave(self) -> None:
        fcntl.flock(self.handle, fcntl.LOCK_UN)
        self.free.release()

    def is_current(self) -> bool:
        """Whether the file is still the one at its place; others would lock the new one."""
        try:
            return self.path.stat().st_ino == self.file
        except OSError:
            return False


def _seat(path: Path) -> _Seat:
    """The seat of a file, opened once a process: after a fork, a lock would be shared with the parent."""
    name = (os.getpid(), path)
    with _making:
        seat = _seats.get(name)
        if seat is None:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            seat = _seats[name] = _Seat(path, handle, os.fstat(handle).st_ino)
    return seat


def _taken(patience: float) -> _Seat | None:
    """The turn taken. None where no file can be locked: then this process bounds its own hashes only."""
    folder = Path(settings.PASSERELLE_DATA_DIR) / "locks"
    until, waited = time.monotonic() + patience, False
    paths = [folder / f"hash-{number}" for number in range(turns())]
    while True:
        random.shuffle(paths)
        for path in paths:
            try:
                seat = _seat(path)
            except OSError:
                return None
            if seat.take():
                if seat.is_current():
                    return seat
                with _making:  # somebody removed the file; left open, so that no thread locks another by its number
                    _seats.pop((os.getpid(), path), None)
                seat.leave()
        if time.monotonic() >= until:
            raise Busy
        if not waited:
            _let_others_ask()
            waited = True
        time.sleep(_PAUSE * random.uniform(0.5, 1.5))  # noqa: S311  who is next is no secret
