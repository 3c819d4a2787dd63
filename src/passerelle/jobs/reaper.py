"""Finding the tasks of workers that were killed."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import structlog

from passerelle.jobs import claims
from passerelle.jobs.models import Attempt

CONFIRM = 10.0  # seconds; more than twice the pause between two signs of life

log = structlog.get_logger(__name__)


@dataclass
class Reaper:
    """Puts tasks back whose lease ended, after having seen for itself that nobody renews it.

    The clock may jump: after a jump forward every lease looks ended although its worker lives, and after a jump back
    the lease of a dead worker seems to last. So a lease that looks ended must stay unchanged for `confirm` seconds of
    this process, and one that stays unchanged for its whole length is ended whatever it says.
    """

    confirm: float = CONFIRM
    _seen: dict[UUID, tuple[datetime, float]] = field(default_factory=dict)

    def round(self, *, now: datetime) -> int:
        """Look at every lease once; answers how many tasks were put back."""
        seen: dict[UUID, tuple[datetime, float]] = {}
        back = 0
        for attempt in Attempt.objects.filter(leased_until__isnull=False):
            until = attempt.leased_until
            assert until is not None
            was, since = self._seen.get(attempt.task_id, (until, time.monotonic()))
            if was != until:
                since = time.monotonic()
            unchanged = time.monotonic() - since
            if (until < now and unchanged >= self.confirm) or unchanged >= claims.LEASE.total_seconds():
                if claims.put_back(attempt, now=now):
                    back += 1
                    log.warning("task of a lost worker goes back to the queue", task=str(attempt.task_id))
            else:
                seen[attempt.task_id] = (until, since)
        self._seen = seen
        return back
