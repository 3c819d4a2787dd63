"""Work of the worker for openings: the clock's, each hour."""

from __future__ import annotations

from passerelle import jobs
from passerelle.core import clock
from passerelle.opening.actions import lapse_due, remind_due


@jobs.every(minutes=15)
@jobs.task()
def mind_the_clock() -> None:
    """Remind whoever holds what waits, and end what nobody finished in time."""
    now = clock.now()
    lapse_due(now=now)
    remind_due(now=now)
