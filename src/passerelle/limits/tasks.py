"""Keeping the table of counters small."""

from __future__ import annotations

from passerelle import jobs
from passerelle.core import clock
from passerelle.limits import check


@jobs.every(minutes=60)
@jobs.task(tries=3)
def sweep() -> None:
    """Remove the counters of windows long past."""
    check.sweep(now=clock.now())
