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
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher

PATIENCE = 20.0  # seconds that a hash inside an action waits for its turn
PATIENCE_AT_THE_DOOR = 2.0  # seconds that a try which anybody may make waits
_PAUSE = 0.002

_mine = threading.local()
_at_doors: list[threading.BoundedSemaphore] = []
_making = threading.Lock()


class Busy(Exception):
    """All turns are taken, and waiting any longer would keep other pages waiting too."""


class OwaspArgon2(Argon2PasswordHasher):
    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        with turn(PATIENCE):
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        with turn(PATIENCE):
            return super().verify(password, encoded)


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
    """Hold one of the machine's turns. Within a turn another one costs nothing. Raises `Busy` after `patience`."""
    if getattr(_mine, "held", False):
        yield
        return
    handle = _taken(patience)
    _mine.held = True
    try:
        yield
    finally:
        _mine.held = False
        if handle is not None:
            os.close(handle)


def turns() -> int:
    """How many hashes may be worked on at a time: the cores this process may use, unless the settings say otherwise."""
    return settings.PASSERELLE_HASHES or len(os.sched_getaffinity(0))


def _places() -> threading.BoundedSemaphore:
    with _making:
        if not _at_doors:
            threads = settings.PASSERELLE_WEB_THREADS
            _at_doors.append(threading.BoundedSemaphore(max(1, threads - max(1, threads // 4))))
    return _at_doors[0]


def _taken(patience: float) -> int | None:
    """The lock of a turn. None where no file can be locked: then nothing bounds the hashes but the web's threads."""
    folder = Path(settings.PASSERELLE_DATA_DIR) / "locks"
    until = time.monotonic() + patience
    numbers = list(range(turns()))
    while True:
        random.shuffle(numbers)
        for number in numbers:
            try:
                folder.mkdir(parents=True, exist_ok=True)
                handle = os.open(folder / f"hash-{number}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            except OSError:
                return None
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(handle)
                continue
            return handle
        if time.monotonic() >= until:
            raise Busy
        time.sleep(_PAUSE * random.uniform(0.5, 1.5))  # noqa: S311  who is next is no secret
