"""Publish the versions of the General Terms that the brand folder holds and the database does not."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from passerelle import brand
from passerelle.brand import BrandError
from passerelle.core import clock
from passerelle.core.actor import SYSTEM
from passerelle.terms import actions
from passerelle.terms.queries import missing_versions


class Command(BaseCommand):
    help = "Publishes the versions of the General Terms of Use that the brand folder has and the database has not."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = brand.terms(brand.current())
        except BrandError as error:
            raise CommandError(str(error)) from error
        for number in missing_versions({text.number for text in found}):
            actions.publish_brand(
                texts=[text for text in found if text.number == number], actor=SYSTEM, now=clock.now()
            )
            self.stdout.write(f"General Terms of Use, version {number}: published")
