from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import transaction

from passerelle.jobs.worker import run_batch
from passerelle.mail import outbox
from passerelle.mail.models import Link, Message
from tests.conftest import NOW
from tests.mail.server import Server

CONTEXT = {"company": "Fournier Précision", "until_at": NOW + timedelta(days=14), "first_date": NOW.date(), "note": "A"}
Queue = Callable[..., Message]


@pytest.fixture(autouse=True)
def _pages_and_templates(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mails and pages of the tests' own; no schedule fires."""
    templates = copy.deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"].append(Path(__file__).parent / "templates")
    settings.TEMPLATES = templates
    settings.ROOT_URLCONF = "tests.mail.urls"
    monkeypatch.setattr("passerelle.jobs.schedules.discover", dict)
    monkeypatch.setattr("passerelle.mail.delivery._times_away", 0)


@pytest.fixture
def queue() -> Queue:
    def put(kind: str = "probe/plain", *, now: datetime = NOW, **changes: Any) -> Message:
        facts = {"to_address": "claire@fournier.example", "to_name": "Claire Dupont", "language": "en"}
        with transaction.atomic():
            return outbox.queue(kind, **{**facts, "context": CONTEXT, **changes}, now=now)

    return put


@pytest.fixture
def link() -> Callable[..., Link]:
    from passerelle.mail import links

    def issue(purpose: str = "terms", *, subject: str = "opening-1", to: str = "claire@fournier.example") -> Link:
        with transaction.atomic():
            return links.issue(purpose, subject_key=subject, recipient=to, expires_at=NOW + timedelta(days=14), now=NOW)

    return issue


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    """A running mail server, which the portal is set to."""
    server = Server()
    server.start()
    settings.PASSERELLE_SMTP = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_TIMEOUT = 2
    yield server
    server.stop()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def work() -> Callable[[], int]:
    return run_batch
