"""`./passerelle doctor`: examine the installation and say what to do (I11)."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from passerelle.operations.doctor import Finding, State, examine


class Command(BaseCommand):
    help = "Examines settings, brand, database, cache, mail, storage, antivirus, clock, keys, catalogues and worker."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", choices=["text", "json"], default="text")
        parser.add_argument(
            "--json", dest="format", action="store_const", const="json", help="the same as --format json"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found = []
        for finding in examine():
            found.append(finding)
            if options["format"] == "text":
                self._tell(finding)
        counts = {state.value: sum(finding.state is state for finding in found) for state in State}
        if options["format"] == "json":
            body = {"healthy": not counts["fail"], "counts": counts, "findings": [asdict(finding) for finding in found]}
            self.stdout.write(json.dumps(body, ensure_ascii=False, indent=1))
        else:
            self.stdout.write(f"\n{counts['ok']} are well, {counts['warn']} warnings, {counts['fail']} failures.")
        if counts["fail"]:
            sys.exit(1)

    def _tell(self, finding: Finding) -> None:
        self.stdout.write(f"{finding.state.value:<5} {finding.subject:<12} {finding.found}")
        if finding.to_do:
            self.stdout.write(f"{'':<18} → {finding.to_do}")
