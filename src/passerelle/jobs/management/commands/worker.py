"""`./passerelle worker`: run background tasks until told to stop."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from passerelle.jobs.worker import LANES, Worker, listen, run_batch


class Command(BaseCommand):
    help = "Runs background tasks: mails, reminders, the seal of the trail. Start as many as you like, on any machine."
    requires_system_checks = ["passerelle"]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--batch", action="store_true", help="run everything that is due now, then exit")
        parser.add_argument("--max-seconds", type=float, help="stop after so many seconds")
        parser.add_argument(
            "--queue", action="append", choices=sorted(LANES), help="work on this queue only (may be repeated)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        queues = options["queue"] or list(LANES)
        if options["batch"]:
            self.stdout.write(f"{run_batch(queues)} tasks were run.")
            return
        worker = Worker(queues)
        listen(worker)
        if not worker.work(options["max_seconds"]):
            sys.exit(1)
