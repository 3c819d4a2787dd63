"""`./passerelle manage create_staff`: a login for a member of the group."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction

from passerelle import brand
from passerelle.accounts import actions
from passerelle.accounts.enums import PersonKind
from passerelle.core import clock
from passerelle.core.actor import Actor, ActorKind
from passerelle.core.errors import Refused
from passerelle.core.powers import Role
from passerelle.mail import links

ACTOR = Actor(ActorKind.SYSTEM, name="create_staff")
FAULTS = {
    "short": "it is too short",
    "long": "it is too long",
    "common": "it is one of the first that are guessed",
    "personal": "it is made from the person's own name, address or login",
    "same": "it is the present one",
}


class Command(BaseCommand):
    help = "Creates a login for a member of staff and prints it with the link to choose a password."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--first-name", required=True)
        parser.add_argument("--last-name", required=True)
        parser.add_argument("--email", required=True)
        parser.add_argument(
            "--role", action="append", required=True, choices=[role.value for role in Role], help="may be repeated"
        )
        parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES], default="en")
        parser.add_argument(
            "--password-from-stdin", action="store_true", help="read the password from the first line of standard input"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        names = {name: str(options[name]).strip() for name in ("first_name", "last_name", "email")}
        if empty := [name for name, value in names.items() if not value]:
            raise CommandError(f"--{empty[0].replace('_', '-')} is empty.")
        try:
            validate_email(names["email"])
        except ValidationError:
            raise CommandError("--email must look like name@group.example.") from None
        password = sys.stdin.readline().rstrip("\r\n") if options["password_from_stdin"] else None
        try:
            with transaction.atomic():
                login, address = self._create(names, options, password)
        except Refused as refusal:
            raise CommandError(_words(refusal)) from None
        self.stdout.write(f"Login: {login}")
        if address:
            self.stdout.write(f"Choose a password: {address}")
            days = brand.current().policies.activation_link_days
            self.stdout.write(f"The link works once, within {days} days. Hand it over by a way nobody else can read.")

    def _create(self, names: dict[str, str], options: dict[str, Any], password: str | None) -> tuple[str, str]:
        now = clock.now()
        person = actions.create_login(
            **names, language=options["language"], kind=PersonKind.STAFF, actor=ACTOR, now=now
        )
        actions.set_roles(
            person_id=person.pk, roles=frozenset(Role(role) for role in options["role"]), actor=ACTOR, now=now
        )
        if password is not None:
            actions.set_password(person_id=person.pk, password=password, actor=ACTOR, now=now)
            return person.login, ""
        link = links.issue(
            "activation",
            subject_key=person.key,
            recipient=person.email,
            expires_at=now + timedelta(days=brand.current().policies.activation_link_days),
            now=now,
        )
        return person.login, links.url(link, options["language"])


def _words(refusal: Refused) -> str:
    if refusal.code == "email_taken":
        return "A living login has this e-mail address already."
    if refusal.code == "password":
        faults = refusal.facts.get("faults")
        reasons = [FAULTS.get(str(fault), str(fault)) for fault in faults] if isinstance(faults, list) else []
        return f"The password cannot be used: {', '.join(reasons)}. Nothing was created."
    return f"Refused: {refusal.code}. Nothing was created."
