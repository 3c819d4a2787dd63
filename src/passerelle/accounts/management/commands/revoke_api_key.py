"""`./passerelle manage revoke_api_key PREFIX`: the key stops working at once."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from passerelle.accounts.actions import revoke_api_key
from passerelle.core import clock
from passerelle.core.actor import Actor, ActorKind
from passerelle.core.errors import Refused


class Command(BaseCommand):
    help = "Revokes an API key by the characters it begins with, as create_api_key printed them."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("prefix")

    def handle(self, *args: Any, **options: Any) -> None:
        actor = Actor(ActorKind.SYSTEM, name="revoke_api_key")
        try:
            row = revoke_api_key(prefix=options["prefix"], actor=actor, now=clock.now())
        except Refused:
            raise CommandError("No living key begins with these characters.") from None
        self.stdout.write(f"The key of {row.name} is revoked.")
