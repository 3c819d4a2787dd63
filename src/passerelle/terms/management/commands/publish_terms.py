"""Publish the versions of the terms that the brand folder holds and the database does not."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from passerelle import brand
from passerelle.brand import BrandError
from passerelle.core import clock
from passerelle.core.actor import SYSTEM
from passerelle.terms import actions
from passerelle.terms.models import Audience
from passerelle.terms.queries import missing_versions

_TITLES = {Audience.COMPANY: "General Terms of Use", Audience.PERSON: "Terms for persons"}


class Command(BaseCommand):
    help = "Publishes the versions of the terms, for companies and for persons, that only the brand folder has."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            texts = {
                Audience.COMPANY: brand.terms(brand.current()),
                Audience.PERSON: brand.person_terms(brand.current()),
            }
        except BrandError as error:
            raise CommandError(str(error)) from error
        for audience, found in texts.items():
            for number in missing_versions({text.number for text in found}, audience):
                actions.publish_brand(
                    texts=[text for text in found if text.number == number], actor=SYSTEM, now=clock.now(),
                    audience=audience,
                )  # fmt: skip
                self.stdout.write(f"{_TITLES[audience]}, version {number}: published")
