"""Fill the demonstration's database, once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from passerelle import brand
from passerelle.core import clock
from passerelle.core.actor import SYSTEM
from passerelle.operations.demonstration import CASES, Seed, table
from passerelle.suppliers import actions as suppliers
from passerelle.suppliers.models import Company


class Command(BaseCommand):
    help = "Fills the database of the demonstration, and prints the table of codes and accounts."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--table", action="store_true", help="print the table only")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["table"]:
            self.stdout.write("\n".join(table()))
            return
        if not settings.PASSERELLE_DEMO:
            raise CommandError("Demonstration data is for the demonstration only. Start it with ./passerelle demo.")
        now = clock.now()
        with transaction.atomic():
            if not Company.objects.filter(cofor=CASES[0].cofor).exists():
                self._companies(now)
                Seed(now).play()
        self.stdout.write("\n".join(table()))

    def _companies(self, now: datetime) -> None:
        """The few hundred companies of the brand's file, by the import that operators use."""
        path = brand.current().folder / "demonstration" / "suppliers.csv"
        with path.open("rb") as file, suppliers.plan(file, filename=path.name) as change_set:
            suppliers.apply_import(change_set=change_set, actor=SYSTEM, now=now, accept_valid=True)
