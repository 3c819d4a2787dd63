"""`./passerelle manage reseal_secrets`: what a former secret key made is made anew with the present one."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from passerelle.accounts.actions.sealing import reseal_secrets
from passerelle.accounts.queries import keys_in_use
from passerelle.core import clock
from passerelle.core.actor import Actor, ActorKind
from passerelle.opening.actions.keys import rekey_openings


class Command(BaseCommand):
    help = "Seals stored secrets with the present secret key, while the portal runs; again does nothing."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        actor = Actor(ActorKind.SYSTEM, name="reseal_secrets")
        sealed = reseal_secrets(actor=actor, now=clock.now())
        openings = rekey_openings(actor=actor, now=clock.now())
        codes = keys_in_use()
        self.stdout.write(f"Secrets of authenticator applications sealed anew: {sealed.done}")
        self.stdout.write(f"Sealed with the present key already: {sealed.present}")
        self.stdout.write(f"Requests for an access to be found under the present key: {openings}")
        self.stdout.write(f"Unused recovery codes that still need a former key: {codes.codes_former}")
        if sealed.lost or codes.codes_lost:
            raise CommandError(
                f"{sealed.lost} secrets and {codes.codes_lost} recovery codes need a key that is not given. Put it "
                "into PASSERELLE_SECRET_KEY_FALLBACKS and run this again."
            )
