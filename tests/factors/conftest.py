"""A company's PLSA and a User of it, with the factors a test gives them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pyotp
import pytest

from passerelle import brand
from passerelle.accounts.actions import factors
from passerelle.accounts.actions.factors import Added
from passerelle.accounts.models import Person
from passerelle.accounts.rules.factors import new_secret
from passerelle.core.actor import Actor, ActorKind
from passerelle.core.sealing import unseal
from tests.conftest import NOW
from tests.entry.conftest import PASSWORD, House, clock, house, person

__all__ = ["PASSWORD", "House", "Kit", "authenticator", "brassac", "clock", "house", "kit", "owner", "person"]


def owner(who: Person) -> Actor:
    return Actor(ActorKind.PERSON, key=who.key, name=who.get_full_name(), address="192.0.2.7")


@dataclass
class Kit:
    """A person's authenticator application and recovery codes."""

    person: Person
    secret: str
    codes: tuple[str, ...]

    def code(self, at: datetime) -> str:
        return pyotp.TOTP(self.secret).at(at)


def authenticator(who: Person, now: datetime = NOW) -> Kit:
    """Give a person an authenticator application, set up two minutes ago."""
    secret, then = new_secret(), now - timedelta(minutes=2)
    added: Added = factors.add_authenticator(
        person_id=who.pk, secret=secret, code=pyotp.TOTP(secret).at(then), name="Phone", actor=owner(who), now=then
    )
    assert unseal(added.factor.secret) == secret
    return Kit(added.person, secret, added.codes)


@pytest.fixture
def kit(house: House) -> Kit:
    return authenticator(house.plsa)


@pytest.fixture
def brassac(house: House, settings: Any) -> None:
    """The second brand, which requires a second factor of everybody, takes the house over."""
    settings.PASSERELLE_BRAND = brand.load("brassac", {})
