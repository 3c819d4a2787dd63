"""An actor who imports, and importing a file in one call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import BinaryIO

import pytest

from passerelle.core.actor import Actor, ActorKind
from passerelle.suppliers import actions
from passerelle.suppliers.models import Import
from tests.suppliers.files import plan

Importer = Callable[..., Import]


@pytest.fixture
def importer() -> Actor:
    return Actor(ActorKind.SYSTEM, name="import-suppliers (tests)")


@pytest.fixture
def take_in(importer: Actor, now: datetime) -> Importer:
    """Plan a file and apply it."""

    def run(file: BinaryIO, *, at: datetime = now, accept_valid: bool = False) -> Import:
        with plan(file) as change_set:
            return actions.apply_import(change_set=change_set, actor=importer, now=at, accept_valid=accept_valid)

    return run
