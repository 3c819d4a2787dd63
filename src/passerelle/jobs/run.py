"""Running one claimed task and writing down what became of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

import structlog
from django.db import Error as AnyDatabaseError
from django.db import InterfaceError, OperationalError, connection

from passerelle.core import clock
from passerelle.jobs import claims
from passerelle.jobs.work import Later

INSIST = 60.0  # seconds

T = TypeVar("T")
log = structlog.get_logger(__name__)


def run(claim: claims.Claim) -> float:
    """Run the task; answers for how many seconds its queue should be left alone (0 nearly always)."""
    work = claim.row.task_path
    try:
        arguments = claim.row.args_kwargs
        claim.row.task.call(*arguments["args"], **arguments["kwargs"])
    except Later as later:
        delay, pause = later.delay, later.pause
        held = insist(lambda: claims.postpone(claim, delay, now=clock.now()))
    except BaseException as error:  # whatever a task raises is its own failure, never the worker's
        failure = error
        again = insist(lambda: claims.fail(claim, failure, now=clock.now()))
        log.error(
            "task failed",
            task=work,
            tries=claim.tries,
            error=type(failure).__name__,
            again_in=again.total_seconds() if again else None,
            exc_info=failure,
        )
        return 0.0
    else:
        held, pause = insist(lambda: claims.succeed(claim, now=clock.now())), 0.0
    if not held:
        log.warning("task had been taken over by another worker", task=work)
    return pause


def insist(write: Callable[[], T]) -> T:
    """Write something down even if the database goes away meanwhile: try again for a minute before giving up."""
    end = time.monotonic() + INSIST
    while True:
        try:
            return write()
        except (OperationalError, InterfaceError):
            if connection.in_atomic_block or time.monotonic() > end:
                raise
            drop_connection()
            time.sleep(0.5)


def drop_connection() -> None:
    """Forget a connection that may be broken, unless a transaction around us owns it."""
    if not connection.in_atomic_block:
        with suppress(AnyDatabaseError):
            connection.close()
