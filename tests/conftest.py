"""What every test finds: no network, no language left by another, one clock, an actor of each kind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.utils import translation
from hypothesis import HealthCheck, settings

from passerelle.core.actor import Actor, ActorKind

# A machine that does other work at the time is no fault of a property.
settings.register_profile("passerelle", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("passerelle")

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """A request leaves its language in the thread; the next test starts in none."""
    translation.deactivate()
    yield
    translation.deactivate()


@pytest.fixture
def now() -> datetime:
    """Monday 2 March 2026, 10:30 in Paris."""
    return NOW


@pytest.fixture
def officer() -> Actor:
    """A person of the Assistance, as an actor."""
    return Actor(ActorKind.STAFF, key="officer", name="Olga Officer", roles=frozenset({"assistance"}))


@pytest.fixture
def buyer() -> Actor:
    """A person of Purchasing, as an actor."""
    return Actor(ActorKind.STAFF, key="buyer", name="Basil Buyer", roles=frozenset({"purchasing"}))
