"""`./passerelle manage forget_provider LOGIN`: the group's account is no longer linked to this login."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from passerelle.accounts.actions import forget_identity
from passerelle.accounts.models import Person
from passerelle.accounts.rules import fold_login
from passerelle.core import clock
from passerelle.core.actor import Actor, ActorKind
from passerelle.core.errors import Refused


class Command(BaseCommand):
    help = "Undoes the link between a login of the staff and the group's account; the next sign-in makes a new one."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("login")

    def handle(self, *args: Any, **options: Any) -> None:
        person = Person.objects.filter(login_key=fold_login(options["login"])).first()
        actor = Actor(ActorKind.SYSTEM, name="forget_provider")
        if person is None:
            raise CommandError("No login is written like this.")
        try:
            forget_identity(person_id=person.pk, actor=actor, now=clock.now())
        except Refused:
            raise CommandError("No account of the group is linked to this login.") from None
        self.stdout.write(f"{person.login} is no longer linked to an account of the group.")
