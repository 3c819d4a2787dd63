"""The mailbox of the demonstration: what was sent, newest first, each mail shut in a frame; only there."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client

from passerelle.jobs.worker import run_batch
from passerelle.mail import links, outbox
from passerelle.mail.models import Message
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
Send = Callable[..., Message]


@pytest.fixture(autouse=True)
def _templates(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    templates = copy.deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"].append(Path(__file__).parents[1] / "mail" / "templates")
    settings.TEMPLATES = templates
    monkeypatch.setattr("passerelle.jobs.schedules.discover", dict)


@pytest.fixture
def send() -> Send:
    def put(to: str = "claire@fournier.example", at: datetime = NOW, note: str = "A", deliver: bool = True) -> Message:
        with time_machine.travel(at, tick=False):
            with transaction.atomic():
                context = {"company": "Fournier", "note": note, "until_at": NOW}
                message = outbox.queue("probe/plain", to_address=to, language="en", context=context, now=at)
            if deliver:
                run_batch(["mail"])
        message.refresh_from_db()
        return message

    return put


def test_it_lists_what_was_sent_newest_first_with_the_contract_s_names(client: Client, send: Send) -> None:
    send("first@b.example")
    send("second@b.example", at=NOW + timedelta(minutes=1))
    send("waiting@b.example", at=NOW + timedelta(minutes=2), deliver=False)
    mails = client.get("/demo/mailbox.json").json()
    assert [mail["to"] for mail in mails] == ["second@b.example", "first@b.example"]
    assert set(mails[0]) == {"to", "subject", "text", "html", "sent_at"}
    assert mails[1]["sent_at"] == "2026-03-02T09:30:00Z"
    assert mails[0]["subject"] == "Sign in: Fournier"
    assert "<html" in mails[0]["html"]


def test_it_can_be_narrowed_to_one_address(client: Client, send: Send) -> None:
    send("one@b.example")
    send("other@b.example")
    assert [mail["to"] for mail in client.get("/demo/mailbox.json?to=ONE@b.example").json()] == ["one@b.example"]
    page = client.get("/demo/mailbox/?to=one@b.example").content.decode()
    assert "other@b.example" not in page


def test_its_pages_show_the_list_and_one_mail(client: Client, send: Send) -> None:
    message = send(note="<b>bold</b>")
    page = client.get("/demo/mailbox/").content.decode()
    assert f"/demo/mailbox/{message.key}" in page
    page = client.get(f"/demo/mailbox/{message.key}").content.decode()
    assert "&lt;b&gt;bold&lt;/b&gt;" in page
    assert f'src="/demo/mailbox/{message.key}/html"' in page
    assert 'sandbox="' in page
    assert "allow-scripts" not in page
    assert "allow-same-origin" not in page


def test_an_empty_mailbox_says_so(client: Client) -> None:
    assert "No mail yet" in client.get("/demo/mailbox/").content.decode()
    assert client.get("/demo/mailbox.json").json() == []


def test_the_frame_lets_styles_in_and_nothing_else(client: Client, send: Send) -> None:
    response = client.get(f"/demo/mailbox/{send().key}/html")
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "style-src 'unsafe-inline'" in policy
    assert "script-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "no-store" in response["Cache-Control"]
    page = client.get("/demo/mailbox/")
    assert "unsafe-inline" not in page["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("path", ["", "KEY", "KEY/html"])
def test_it_exists_in_the_demonstration_only(client: Client, send: Send, settings: Any, path: str) -> None:
    path = path.replace("KEY", send().key)
    assert client.get(f"/demo/mailbox/{path}").status_code == 200
    settings.PASSERELLE_MAILBOX = False
    assert client.get(f"/demo/mailbox/{path}").status_code == 404
    assert client.get("/demo/mailbox.json").status_code == 404


def test_a_mail_that_has_not_left_is_not_there(client: Client, send: Send) -> None:
    assert client.get(f"/demo/mailbox/{send(deliver=False).key}").status_code == 404
    assert client.get("/demo/mailbox/nothing").status_code == 404


def test_a_mail_whose_template_has_gone_breaks_nothing(client: Client, send: Send) -> None:
    send()
    Message.objects.update(kind="probe/gone")
    assert client.get("/demo/mailbox.json").json()[0]["subject"] == "probe/gone"
    assert client.get("/demo/mailbox/").status_code == 200


@pytest.mark.parametrize("purpose", sorted(links.ROUTES))
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_link_of_a_mail_leads_to_a_page(purpose: str, language: str, client: Client) -> None:
    with transaction.atomic():
        link = links.issue(
            purpose, subject_key="s", recipient="a@b.example", expires_at=NOW + timedelta(days=1), now=NOW
        )
    address = links.url(link, language)
    assert f"/{language}/" in address
    assert links.token(link) in address
