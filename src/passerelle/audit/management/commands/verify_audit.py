"""`./passerelle manage verify_audit`: walk the chain of seals and say whether the trail is whole."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from passerelle.audit.seal import ChainReport, verify

SHOWN = 50


class Command(BaseCommand):
    help = (
        "Verifies the audit trail against its seals. Exit status: 0 whole, 1 a line was changed, removed or inserted. "
        "Lines that are not sealed yet are counted, not verified."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", choices=["text", "json"], default="text")
        parser.add_argument("--expect", default="", help="a digest noted earlier: it must be part of the chain")

    def handle(self, *args: Any, **options: Any) -> None:
        report = verify(expect=options["expect"])
        if options["format"] == "json":
            self.stdout.write(json.dumps(_as_json(report), indent=1))
        else:
            self._tell(report)
        if not report.whole:
            sys.exit(1)

    def _tell(self, report: ChainReport) -> None:
        self.stdout.write(f"{report.sealed} lines are sealed; the last digest is {report.last_digest}")
        if report.unsealed:
            since = f"{report.oldest_unsealed_at:%Y-%m-%d %H:%M:%S %Z}"
            self.stdout.write(f"{report.unsealed} lines are not sealed yet, the oldest since {since}")
        else:
            self.stdout.write("Every line is sealed.")
        for fault in report.faults[:SHOWN]:
            self.stdout.write(f"FAULT: {fault}")
        if len(report.faults) > SHOWN:
            self.stdout.write(f"… and {len(report.faults) - SHOWN} more faults")
        if report.whole:
            self.stdout.write(
                "The trail is whole. Note the last digest outside the portal, and pass it with --expect next time."
            )
        else:
            self.stdout.write("The trail is not whole: see docs/operations.md, “When the trail is not whole”.")


def _as_json(report: ChainReport) -> dict[str, Any]:
    return {
        "whole": report.whole,
        "sealed": report.sealed,
        "last_digest": report.last_digest,
        "unsealed": report.unsealed,
        "oldest_unsealed_at": report.oldest_unsealed_at.isoformat() if report.oldest_unsealed_at else None,
        "faults": report.faults,
    }
