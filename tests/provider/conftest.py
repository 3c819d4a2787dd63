"""A provider of the group, a member of its staff, and a browser between the two."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit
from urllib.request import HTTPErrorProcessor, build_opener

import pytest
import time_machine
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from passerelle.accounts import actions as accounts
from passerelle.accounts.enums import PersonKind
from passerelle.accounts.models import Person
from passerelle.core.actor import SYSTEM
from passerelle.core.powers import Role
from tests.conftest import NOW
from tests.entry.conftest import clock, house
from tests.provider.server import CLIENT, SECRET, Provider, serve

__all__ = ["Browser", "ada", "browser", "clock", "group", "house", "staff"]


def staff(email: str = "ada@group.example", first_name: str = "Ada") -> Person:
    """Somebody of the staff, who never chose a password."""
    person = accounts.create_login(
        first_name=first_name, last_name="Winter", email=email, language="en", kind=PersonKind.STAFF, actor=SYSTEM,
        now=NOW,
    )  # fmt: skip
    accounts.set_roles(person_id=person.pk, roles=frozenset({Role.ASSISTANCE}), actor=SYSTEM, now=NOW)
    return person


class _Stay(HTTPErrorProcessor):
    """A browser that shows where it is sent instead of going there."""

    def http_response(self, request: Any, response: Any) -> Any:
        return response

    https_response = http_response


@dataclass
class Browser:
    """One browser: it begins at the portal, goes to the provider as the page says, and comes back as that says."""

    client: Client
    group: Provider
    language: str = "en"

    def leave(self, wanted: str = "", address: str = "sign-in/group/") -> HttpResponse:
        return self.client.post(f"/{self.language}/{address}", {"next": wanted} if wanted else {})  # type: ignore[return-value]

    def at_provider(self, page: HttpResponse) -> str:
        """Where the provider sends the browser."""
        text = page.content.decode()
        found = re.search(r'<meta http-equiv="refresh" content="0;url=([^"]+)"', text)
        assert found is not None, text
        assert page.status_code == 200
        answer = build_opener(_Stay).open(html.unescape(found[1]), timeout=5)
        with answer:
            return str(answer.headers["Location"])

    def back(self, address: str, **changed: str) -> HttpResponse:
        """Come back to the portal, with the answer as it is or with something changed in it."""
        parts = urlsplit(address)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()} | changed
        return self.client.get(parts.path, query)  # type: ignore[return-value]

    def sign_in(self, wanted: str = "") -> HttpResponse:
        return self.back(self.at_provider(self.leave(wanted)))

    def is_in(self) -> bool:
        return self.client.get("/en/desk/").status_code == 200


@pytest.fixture
def group(settings: Settings, clock: time_machine.Traveller) -> Iterator[Provider]:
    provider = Provider()
    server = serve(provider)
    settings.PASSERELLE_STAFF_OIDC_ISSUER = provider.issuer
    settings.PASSERELLE_STAFF_OIDC_CLIENT_ID, settings.PASSERELLE_STAFF_OIDC_CLIENT_SECRET = CLIENT, SECRET
    cache.clear()
    yield provider
    server.shutdown()
    server.server_close()
    assert not provider.faults


@pytest.fixture
def ada(db: None, clock: time_machine.Traveller) -> Person:
    return staff()


@pytest.fixture
def browser(ada: Person, group: Provider, client: Client) -> Browser:
    return Browser(client, group)
