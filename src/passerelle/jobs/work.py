"""Declaring a task, how it is tried again, and queueing it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ParamSpec, TypeVar

from django.db import transaction
from django_tasks.base import Task

P = ParamSpec("P")
T = TypeVar("T")

# A task whose worker was lost is started so often at least, whatever its policy: it may not have been at fault.
LOST_WORKERS = 3


class Later(Exception):
    """Raised by a task: not now, run me again in `delay`. Not a failure, and not counted against its tries.

    `pause` asks this worker to take nothing else from the same queue for so many seconds, because whatever the queue
    depends on is away (the mail server).
    """

    def __init__(self, delay: timedelta, *, pause: float = 0.0) -> None:
        super().__init__(f"again in {delay.total_seconds():.0f} s")
        self.delay = delay
        self.pause = pause


@dataclass(frozen=True, slots=True)
class Retry:
    """How often a failing task is tried (None: for ever), and its wait: `first` seconds, doubled up to `cap`."""

    tries: int | None = 5
    first: float = 10.0
    cap: float = 3600.0

    def __post_init__(self) -> None:
        if self.tries is not None and self.tries < 1:
            raise ValueError("a task is tried at least once")
        if not 0 < self.first <= self.cap:
            raise ValueError("the first delay is above zero and at most the cap")

    def again(self, tries: int) -> bool:
        """Whether a task that failed `tries` times is tried once more."""
        return self.tries is None or tries < self.tries

    def delay(self, tries: int) -> timedelta:
        """The wait after the failure of try number `tries` (1 for the first)."""
        return timedelta(seconds=min(self.cap, self.first * 2.0 ** min(max(tries, 1) - 1, 30)))


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryTask(Task[P, T]):
    """A task of the library that knows how it is tried again."""

    retry: Retry = Retry()


def task(
    *, tries: int | None = 5, first: float = 10.0, cap: float = 3600.0, queue: str = "default", priority: int = 0
) -> Callable[[Callable[P, T]], RetryTask[P, T]]:
    """Declare a function of a module as a task. Its arguments are what JSON can carry: keys, never rows or secrets."""
    policy = Retry(tries, first, cap)

    def declare(function: Callable[P, T]) -> RetryTask[P, T]:
        return RetryTask(func=function, queue_name=queue, priority=priority, retry=policy)

    return declare


def enqueue(work: Task[P, T], *args: P.args, **kwargs: P.kwargs) -> str:
    """Queue a task as part of the present transaction; answers its id. It runs once that transaction has committed.

    Refuses to work outside a transaction: work without its reason, or the reverse, is lost on a crash.
    """
    _inside_a_transaction()
    return work.enqueue(*args, **kwargs).id


def enqueue_at(instant: datetime, work: Task[P, T], *args: P.args, **kwargs: P.kwargs) -> str:
    """Like `enqueue`, but run at `instant` or soon after."""
    _inside_a_transaction()
    return work.using(run_after=instant).enqueue(*args, **kwargs).id


def _inside_a_transaction() -> None:
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("jobs.enqueue works only inside a transaction")
