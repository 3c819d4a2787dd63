"""The very same form of a link, sent twice: the second press sees what came of the first (design/ux G6)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from time_machine import TimeMachineFixture

from passerelle.core import clock
from passerelle.core.actor import SYSTEM
from passerelle.mail import links
from passerelle.mail.models import Message
from passerelle.memberships import actions as memberships
from passerelle.opening import actions
from passerelle.opening.models import Objection, Opening
from passerelle.terms.models import Acceptance
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def opening() -> Opening:
    now = clock.now()
    cast.publish_terms(now)
    company = cast.company(now)
    cast.on_record(company, "contact@fournier.example", domains=("fournier.example",))
    return cast.ask(company, now)


def page(opening: Opening, purpose: str = "terms") -> str:
    return f"/en/get-an-access/{purpose}/{links.token(cast.link(opening, purpose))}/"


def answers(**more: str) -> dict[str, str]:
    return {"plsa": "confirm", "cofor": "AB12CD", "accept": "on", "text": str(cast.text().pk), **more}


def other(person: Any = cast.ACCOMPLICE) -> dict[str, str]:
    return {
        "plsa": "correct", "other-last_name": person.last_name, "other-first_name": person.first_name,
        "other-email": person.email,
    }  # fmt: skip


@pytest.mark.parametrize("more", [{}, other()], ids=["confirmed", "corrected"])
def test_a_second_press_of_accept_shows_the_thanks_of_the_first(
    client: Client, opening: Opening, more: dict[str, str]
) -> None:
    # G6
    address = page(opening)
    first = client.post(address, answers(**more))
    mails = Message.objects.count()
    again = client.post(address, answers(**more))
    assert first.status_code == again.status_code == 302
    assert first["Location"] == again["Location"]
    assert "Thank you: it is done" in client.get(again["Location"]).content.decode()
    assert Acceptance.objects.count() == 1
    assert Message.objects.count() == mails


@pytest.mark.parametrize(
    "changed",
    [{"cofor": "ZZ99ZZ"}, {"text": "0"}, {"accept": ""}, other(), {"cofor": "\x00"}],
    ids=["another code", "another text", "not accepted", "another PLSA", "a control character"],
)
def test_another_form_on_a_used_link_meets_the_page_of_a_used_link(
    client: Client, opening: Opening, changed: dict[str, str]
) -> None:
    # C7
    address = page(opening)
    client.post(address, answers())
    again = client.post(address, answers(**changed))
    assert again.status_code == 200
    assert "This link has already been used" in again.content.decode()


def test_a_used_link_is_no_key_to_the_record_later(
    client: Client, opening: Opening, time_machine: TimeMachineFixture
) -> None:
    address, typed = page(opening), answers()
    client.post(address, typed)
    time_machine.move_to(timezone.now() + timedelta(minutes=11))
    assert "This link has already been used" in client.post(address, typed).content.decode()


def test_codes_cannot_be_tried_out_on_a_used_link(client: Client, opening: Opening) -> None:
    address, typed = page(opening), answers()
    client.post(address, typed)
    for number in range(30):
        client.post(address, typed | {"cofor": f"ZZ99{number:02}"})
    assert client.post(address, typed).status_code == 200


@pytest.mark.parametrize(
    ("part", "purpose", "title"),
    [
        ("refuse/", "terms", "The terms are refused"),
        ("not-me/", "terms", "Thank you for telling us"),
        ("", "objection", "The request is stopped"),
    ],
)
def test_a_second_press_of_a_refusal_shows_the_outcome_of_the_first(
    client: Client, opening: Opening, part: str, purpose: str, title: str
) -> None:
    # G6
    address = page(opening, purpose) + part
    typed = {"note": "Nobody asked me.\r\nWho is Rita?"}
    first = client.post(address, typed)
    mails, objections = Message.objects.count(), Objection.objects.count()
    again = client.post(address, typed)
    assert title in first.content.decode()
    assert again.content == first.content or title in again.content.decode()
    assert (Message.objects.count(), Objection.objects.count()) == (mails, objections)
    changed = client.post(address, {"note": "Something else"})
    assert "This link has already been used" in changed.content.decode()


def test_who_refuses_after_accepting_is_not_told_that_the_terms_are_refused(client: Client, opening: Opening) -> None:
    address = page(opening)
    client.post(address, answers())
    text = client.post(f"{address}refuse/", {"note": ""}).content.decode()
    assert "The terms are refused" not in text
    assert "This link has already been used" in text


def test_a_second_press_of_a_designation_shows_the_thanks_of_the_first(client: Client, opening: Opening) -> None:
    # G6
    now, company = clock.now(), opening.company
    client.post(page(opening), answers())
    memberships.end_mandates(company_id=company.pk, company_key=company.key, reason="left", actor=SYSTEM, now=now)
    asked = actions.ask_designation(cofor="AB12CD", language="en", actor=cast.VISITOR, now=now)
    address = page(asked, "designation")
    typed = {"cofor": "AB12CD", "last_name": "Nouvelle", "first_name": "Nora", "email": "nora@fournier.example"}
    first, again = client.post(address, typed), client.post(address, typed)
    assert first.status_code == again.status_code == 302
    assert first["Location"] == again["Location"]
    changed = client.post(address, typed | {"email": "other@fournier.example"})
    assert "This link has already been used" in changed.content.decode()
