"""A desk to look at: a clock that stands still, staff of each role, a signed-in browser, openings in each state."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client

from passerelle.accounts import actions as accounts
from passerelle.accounts.enums import PersonKind
from passerelle.accounts.models import Person
from passerelle.core.actor import SYSTEM
from passerelle.core.powers import Role
from passerelle.suppliers.models import Company
from tests import cast

Browser = Callable[..., Client]


@pytest.fixture
def later(now: datetime) -> Iterator[datetime]:
    """Three hours after everything the cast did; the pages are opened then."""
    moment = now + timedelta(hours=3)
    with time_machine.travel(moment, tick=False):
        yield moment


def person(first_name: str, *, kind: PersonKind, now: datetime, roles: tuple[Role, ...] = ()) -> Person:
    found = accounts.create_login(
        first_name=first_name, last_name="Desk", email=f"{first_name}@group.example".lower(), language="en", kind=kind,
        actor=SYSTEM, now=now,
    )  # fmt: skip
    if roles:
        accounts.set_roles(person_id=found.pk, roles=frozenset(roles), actor=SYSTEM, now=now)
    return found


def signed_in(found: Person, now: datetime) -> Client:
    client = Client()
    client.force_login(found)
    session = client.session
    session.update({"epoch": found.credential_epoch, "created_at": now.isoformat(), "last_seen_at": now.isoformat()})
    session.save()
    return client


@pytest.fixture
def browser(db: None, now: datetime, later: datetime) -> Browser:
    """The browser of a member of staff with the roles named, or of a person of no role."""

    def open_for(*roles: Role, first_name: str = "Olga") -> Client:
        return signed_in(person(first_name, kind=PersonKind.STAFF, now=now, roles=roles), later)

    return open_for


@pytest.fixture
def assistance(browser: Browser) -> Client:
    return browser(Role.ASSISTANCE)


@pytest.fixture
def purchasing(browser: Browser) -> Client:
    return browser(Role.PURCHASING, first_name="Basil")


@pytest.fixture
def editor(browser: Browser) -> Client:
    return browser(Role.EDITOR, first_name="Edda")


@pytest.fixture
def company(db: None, now: datetime) -> Company:
    """A company with a mailbox and a domain on record; the terms are published."""
    cast.publish_terms(now)
    found = cast.company(now)
    cast.on_record(found, "contact@fournier.example", domains=("fournier.example",))
    return found
