"""Which version is in force, which one is asked for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from passerelle.suppliers.models import Company
from passerelle.terms.models import Acceptance, Audience, Text, Version


def current_version(now: datetime, audience: Audience = Audience.COMPANY) -> Version | None:
    """The newest version in effect for an audience."""
    return Version.objects.filter(audience=audience, effective_at__lte=now).order_by("-number").first()


def current_text(language: str, now: datetime, audience: Audience = Audience.COMPANY) -> Text | None:
    """The current version in a language, in English where it is not translated."""
    version = current_version(now, audience)
    if version is None:
        return None
    texts = {text.language: text for text in version.texts.select_related("version")}
    return texts.get(language) or texts.get("en") or next(iter(texts.values()), None)


def latest_acceptance(company: Company) -> Acceptance | None:
    """The newest acceptance of a company, with its version."""
    return company.acceptances.select_related("version", "text").order_by("-accepted_at", "-pk").first()


def missing_versions(numbers: set[int], audience: Audience = Audience.COMPANY) -> list[int]:
    """Those of the numbers that are not published yet, in order."""
    return sorted(numbers - set(Version.objects.filter(audience=audience).values_list("number", flat=True)))


def numbers_in_effect(audience: Audience, now: datetime) -> QuerySet[Version, Any]:
    """The numbers of the versions in effect, the newest first; for other questions to ask along."""
    return Version.objects.filter(audience=audience, effective_at__lte=now).order_by("-number").values("number")


def numbers_past_their_deadline(audience: Audience, now: datetime) -> QuerySet[Version, Any]:
    """The numbers of the versions by whose deadline earlier acceptances ended, the newest first (decision 31)."""
    return Version.objects.filter(audience=audience, deadline_at__lte=now).order_by("-number").values("number")
