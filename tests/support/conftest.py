"""A company with its PLSAs, and a message as somebody types it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from passerelle.accounts import actions as accounts
from passerelle.accounts.models import Person
from passerelle.core.actor import SYSTEM, Actor, visitor
from passerelle.memberships import actions as memberships
from passerelle.suppliers import actions as suppliers
from passerelle.suppliers.enums import Source
from passerelle.suppliers.models import Company
from passerelle.support.actions import Typed


@pytest.fixture
def stranger() -> Actor:
    """Somebody on a public page."""
    return visitor("192.0.2.7")


@pytest.fixture
def company(db: None, buyer: Actor, now: datetime) -> Company:
    return suppliers.register(
        actor=buyer, now=now, cofor="AB12CD", name="Éts. Moulin d'Arve", country="FR", source=Source.DESK
    )


@pytest.fixture
def appoint(company: Company, now: datetime) -> Callable[..., Person]:
    """Give the company one more PLSA."""

    def make(name: str, language: str = "en") -> Person:
        person = accounts.create_login(
            first_name=name, last_name="Moulin", email=f"{name.lower()}@moulin.example", language=language,
            actor=SYSTEM, now=now,
        )  # fmt: skip
        membership = memberships.join(
            person_id=person.pk, person_key=person.key, company_id=company.pk, company_key=company.key, actor=SYSTEM,
            now=now,
        )  # fmt: skip
        memberships.appoint(
            membership=membership, person_key=person.key, company_key=company.key, proposed=False, actor=SYSTEM, now=now
        )
        return person

    return make


@pytest.fixture
def typed() -> Callable[..., Typed]:
    def make(**facts: Any) -> Typed:
        given = {
            "first_name": "Marc",
            "last_name": "Fournier",
            "email": "m.fournier@fournier.example",
            "subject": "Our code",
            "comments": "Where do we find it?\nThank you",
            "company_name": "Fournier Précision",
        }
        return Typed(**{**given, **facts})

    return make
