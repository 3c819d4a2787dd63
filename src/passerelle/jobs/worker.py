"""The worker: lanes that run tasks, and a keeper that renews leases, fires schedules and reaps lost tasks.

Each queue has lanes of its own, so that a mail server that hangs never holds up other work, nor one mail all others.
Waiting is done on a pipe, never on a condition: it ends at once when the worker is told to stop, and it does not
depend on a clock that may be moved.
"""

from __future__ import annotations

import os
import secrets
import select
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from types import FrameType
from uuid import UUID

import structlog
from django.db import Error as AnyDatabaseError
from django.db import close_old_connections, connection, connections

from passerelle.core import clock
from passerelle.jobs import claims, schedules
from passerelle.jobs.reaper import Reaper
from passerelle.jobs.run import drop_connection, run

LANES: Mapping[str, int] = {"default": 1, "mail": 2}
IDLE = 0.4  # seconds between two looks at an empty queue
AWAY = 1.0  # between two looks for a database that has gone away
TICK = 0.5  # between two rounds of the keeper
BEAT, FIRE, REAP = 4.0, 1.0, 3.0  # between two signs of life, looks at the schedules, looks at others' leases
GRACE = 30.0  # for tasks under way when the worker is told to stop

log = structlog.get_logger(__name__)


def lane_name(label: str) -> str:
    """A name no other lane has, in this process or another, on this machine or another, now or later."""
    return f"{socket.gethostname()[:24]}:{os.getpid()}:{label}:{secrets.token_hex(4)}"


class Bell:
    """Rung once, heard by every thread at once and ever after."""

    def __init__(self) -> None:
        self._ear, self._clapper = os.pipe()
        self.rung = False

    def ring(self) -> None:
        if not self.rung:
            self.rung = True
            os.close(self._clapper)

    def wait(self, seconds: float) -> bool:
        return self.rung or bool(select.select([self._ear], [], [], max(seconds, 0.0))[0])


class Worker:
    """One process of work. `work()` returns when it was told to stop and what was under way has ended."""

    def __init__(self, queues: Iterable[str] = tuple(LANES)) -> None:
        self.bell = Bell()
        self.names = {lane_name(f"{queue}{n}"): queue for queue in queues for n in range(LANES[queue])}
        self.running: dict[str, UUID] = {}
        self.paused_until: dict[str, float] = {}
        self._reaper = Reaper()
        self._fired: dict[str, object] = {}
        self._away = False

    def work(self, max_seconds: float | None = None) -> bool:
        """Work until told to stop; False when tasks were still under way at the end, or a lane broke."""
        hold_connections()
        schedules.discover()
        end = time.monotonic() + max_seconds if max_seconds is not None else None
        lanes = [threading.Thread(target=self._lane, args=(name,), name=name, daemon=True) for name in self.names]
        for lane in lanes:
            lane.start()
        log.info("worker started", lanes=list(self.names), schedules=len(schedules.SCHEDULES))
        rounds = {self._beat: BEAT, self._fire: FIRE, self._reap: REAP}
        due = dict.fromkeys(rounds, 0.0)
        whole = True
        while not self.bell.wait(TICK):
            for step, pause in rounds.items():
                if time.monotonic() >= due[step]:
                    self._guarded(step)
                    due[step] = time.monotonic() + pause
            alive = all(lane.is_alive() for lane in lanes)
            whole = alive or self.bell.rung  # lanes that ended because they were told to are not broken
            if not whole or (end is not None and time.monotonic() >= end):
                self.bell.ring()
        return self._finish(lanes) and whole

    def stop(self, signum: int, frame: FrameType | None) -> None:
        """On the first signal finish what is under way; on the second leave at once (another worker takes it over)."""
        if self.bell.rung:
            os._exit(1)
        self.bell.ring()

    def _finish(self, lanes: list[threading.Thread]) -> bool:
        end = time.monotonic() + GRACE
        beat = 0.0
        while any(lane.is_alive() for lane in lanes) and time.monotonic() < end:
            if time.monotonic() >= beat:
                self._guarded(self._beat)
                beat = time.monotonic() + BEAT
            time.sleep(0.05)
        left = [lane.name for lane in lanes if lane.is_alive()]
        log.info("worker stopped", left_running=left)
        return not left

    def _lane(self, name: str) -> None:
        try:
            while not self.bell.rung:
                busy = self._guarded(lambda: self._step(name))
                if not busy:
                    self.bell.wait(IDLE if busy is False else AWAY)
        except BaseException:
            log.exception("lane broke", lane=name)
        finally:
            connection.close()

    def _step(self, name: str) -> bool:
        queue = self.names[name]
        if time.monotonic() < self.paused_until.get(queue, 0.0):
            return False
        claim = claims.claim(name, [queue], now=clock.now())
        if claim is None:
            return False
        self.running[name] = claim.row.pk
        try:
            pause = run(claim)
        finally:
            del self.running[name]
        if pause:
            self.paused_until[queue] = time.monotonic() + pause
        return True

    def _guarded(self, step: Callable[[], bool]) -> bool | None:
        """Do one step; None when the database could not be reached, which is said once and waited out."""
        try:
            close_old_connections()
            done = step()
        except AnyDatabaseError as error:
            if not self._away:
                self._away = True
                log.warning("database does not answer, waiting", error=type(error).__name__, detail=str(error)[:200])
            drop_connection()
            return None
        if self._away:
            self._away = False
            log.info("database answers")
        return done

    def _beat(self) -> bool:
        claims.renew(list(self.running.values()), now=clock.now())
        return True

    def _fire(self) -> bool:
        now = clock.now()
        for name, schedule in schedules.SCHEDULES.items():
            if self._fired.get(name) != (slot := schedule.slot(now)):
                schedules.fire(schedule, now=now)
                self._fired[name] = slot
        return True

    def _reap(self) -> bool:
        self._reaper.round(now=clock.now())
        return True


def hold_connections() -> None:
    """Let each lane keep one connection: a pool would make them wait longer than needed when the database returns."""
    for alias in connections:
        settings = connections[alias].settings_dict
        settings["OPTIONS"].pop("pool", None)
        settings["CONN_MAX_AGE"] = None
        settings["CONN_HEALTH_CHECKS"] = True


def run_batch(queues: Iterable[str] = tuple(LANES)) -> int:
    """Run everything that is due now, one after the other in this thread; answers how many tasks were started.

    Fires the schedules that are due, and takes over at once what workers left whose lease has ended. For tests, the
    demonstration's data and repairs: nobody renews a lease meanwhile, so a task should not take longer than one.
    """
    waiting, started, lane = list(queues), 0, lane_name("batch")
    Reaper(confirm=0.0).round(now=clock.now())
    for schedule in schedules.discover().values():
        schedules.fire(schedule, now=clock.now())
    while waiting and (claim := claims.claim(lane, waiting, now=clock.now())):
        started += 1
        if run(claim):
            waiting.remove(claim.row.queue_name)
    return started


def listen(worker: Worker) -> None:
    """Stop the worker on the signals that end a process."""
    for name in ("SIGTERM", "SIGINT", "SIGQUIT"):
        with suppress(AttributeError):
            signal.signal(getattr(signal, name), worker.stop)
