"""Sealing the trail, by the worker's clock."""

from __future__ import annotations

from passerelle import jobs
from passerelle.audit.seal import MOST, seal_pending
from passerelle.core import clock


@jobs.every(minutes=1)
@jobs.task(tries=3)
def seal() -> None:
    """Seal what was written since the last run, a portion a transaction. Two workers at once do no harm: one leaves."""
    while seal_pending(now=clock.now()) == MOST:
        pass
