"""Keeping the tables of counters and pauses small."""

from __future__ import annotations

from passerelle import jobs
from passerelle.core import clock
from passerelle.limits import check, pauses


@jobs.every(minutes=60)
@jobs.task(tries=3)
def sweep() -> None:
    """Remove the counters of windows long past, and the lanes nobody tried for a day."""
    now = clock.now()
    check.sweep(now=now)
    pauses.sweep(now=now)
