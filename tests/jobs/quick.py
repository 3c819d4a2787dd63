"""A worker whose leases last seconds, so that tests need not wait for a minute: python -m tests.jobs.quick SECONDS …"""

from __future__ import annotations

import sys
from datetime import timedelta
from functools import partial

import django

if __name__ == "__main__":
    django.setup()

    from django.core.management import execute_from_command_line

    from passerelle.jobs import claims, worker
    from passerelle.jobs.reaper import Reaper
    from passerelle.mail import delivery

    lease = timedelta(seconds=float(sys.argv[1]))
    claims.LEASE = lease
    delivery.CLAIM = lease
    worker.BEAT = worker.REAP = 0.4
    worker.Reaper = partial(Reaper, confirm=1.0)  # type: ignore[assignment, attr-defined]
    execute_from_command_line(["django", "worker", *sys.argv[2:]])
