"""`./passerelle manage create_api_key NAME`: a key for a program that asks the API."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from passerelle.accounts.actions import create_api_key
from passerelle.core import clock
from passerelle.core.actor import Actor, ActorKind

LONGEST = 100


class Command(BaseCommand):
    help = "Creates an API key and prints it: the only time it can be seen."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the program or team that will hold it, for lists and the trail")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["name"].strip()
        if not 0 < len(name) <= LONGEST:
            raise CommandError(f"The name must have between 1 and {LONGEST} characters.")
        row, value = create_api_key(name=name, actor=Actor(ActorKind.SYSTEM, name="create_api_key"), now=clock.now())
        self.stdout.write(f"Key: {value}")
        self.stdout.write(f"It is shown this once. To revoke it: ./passerelle manage revoke_api_key {row.prefix}")
