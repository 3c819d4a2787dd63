"""Forgotten login: the login goes to the registered address, and the page is the same for all (D9)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from passerelle.accounts import actions as accounts
from passerelle.accounts.enums import LoginState, StateReason
from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.core.actor import SYSTEM, Actor, ActorKind
from passerelle.core.errors import Refused
from passerelle.entry.actions.recovery import send_plsa_contacts
from passerelle.entry.models import Diagnosis
from passerelle.mail.models import Message
from passerelle.mail.render import render
from passerelle.support.models import Ticket
from tests import cast
from tests.conftest import NOW
from tests.entry.conftest import House, open_for, person
from tests.entry.recovering import plain


@pytest.fixture(autouse=True)
def _wide_limits(settings: Any) -> None:
    settings.PASSERELLE_LIMITS_FACTOR = 100


def ask(email: str, cofor: str = "AB12CD", *, language: str = "en", client: Client | None = None) -> HttpResponse:
    fields = {"cofor": cofor, "email": email}
    return (client or Client()).post(f"/{language}/forgotten-login/", fields)  # type: ignore[return-value]


def cases(house: House) -> dict[str, tuple[str, str]]:
    """What is typed in each case; whether a login goes out is told by the name."""
    suspended = person("sus@fournier.example")
    open_for(house.company, suspended, plsa=False)
    accounts.change_state(
        person_id=suspended.pk, to=LoginState.SUSPENDED, reason=StateReason.BY_PLSA, actor=SYSTEM, now=NOW
    )
    gone = person("gone@fournier.example")
    open_for(house.company, gone, plsa=False)
    accounts.change_state(person_id=gone.pk, to=LoginState.DELETED, reason=StateReason.BY_PLSA, actor=SYSTEM, now=NOW)
    stranger = person("other@other.example")
    open_for(cast.company(NOW, cofor="EF34GH", name="Another"), stranger)
    return {
        "sent": (house.plsa.email, "AB12CD"),
        "sent to a suspended one": (suspended.email, "ab12cd"),
        "unknown address": ("no@body.example", "AB12CD"),
        "address in another case": ("PAULA@fournier.example", "AB12CD"),
        "unknown code": (house.plsa.email, "ZZ99ZZ"),
        "another company's code": (house.plsa.email, "EF34GH"),
        "another company's person": (stranger.email, "AB12CD"),
        "deleted": (gone.email, "AB12CD"),
    }


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_page_is_the_same_whether_or_not_a_mail_leaves(house: House, language: str) -> None:
    # D9, decision 16
    pages = {}
    for name, (email, cofor) in cases(house).items():
        before, client = Message.objects.count(), Client()
        client.get(f"/{language}/forgotten-login/")
        answer = ask(email, cofor, language=language, client=client)
        assert Message.objects.count() - before == int(name.startswith("sent")), name
        headers = {key: value for key, value in answer.headers.items() if key != "X-Request-ID"}
        pages[name] = (answer.status_code, plain(answer.content), headers)
        assert email.encode() not in answer.content
    assert pages["sent"][0] == 200
    assert len({str(page) for page in pages.values()}) == 1


def test_the_work_is_the_same_whether_or_not_a_mail_leaves(house: House) -> None:
    found = {}
    for name, (email, cofor) in cases(house).items():
        with CaptureQueriesContext(connection) as queries:
            ask(email, cofor)
        found[name] = sorted(query["sql"][:22] for query in queries)
    assert len({str(work) for work in found.values()}) == 1, {name: len(work) for name, work in found.items()}


def test_the_mail_names_the_login_and_goes_to_the_registered_address(house: House) -> None:
    ask(" paula@FOURNIER.example ")
    message = Message.objects.get()
    assert (message.kind, message.to_address) == ("entry/login_reminder", house.plsa.email)
    mail = render(message)
    assert house.plsa.login in mail.text
    assert "127.0.0.1" in mail.text
    assert Event.objects.get(tag=Tag.LOGIN_REMINDED).person_key == house.plsa.key


def test_every_page_has_a_number_and_the_desk_sees_what_was_behind_it(house: House) -> None:
    # I5
    for email in (house.plsa.email, "no@body.example"):
        page = ask(email).content.decode()
        row = Diagnosis.objects.latest("pk")
        assert f"{row.number[:4]} {row.number[4:]}" in page
    assert list(Diagnosis.objects.order_by("pk").values_list("reason", flat=True)) == ["login_sent", "wrong_details"]
    assert set(Diagnosis.objects.values_list("door", flat=True)) == {"forgotten_login"}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_plsas_and_the_assistance_are_always_offered(house: House, language: str) -> None:
    # D9
    for page in (Client().get(f"/{language}/forgotten-login/"), ask("no@body.example", language=language)):
        assert f'href="/{language}/forgotten-password/message/"'.encode() in page.content
        assert f'href="/{language}/help/contact/?topic=login"'.encode() in page.content
    assert Client().get(f"/{language}/forgotten-password/message/").status_code == 200


def test_a_mailbox_is_not_flooded_and_the_page_does_not_tell(house: House, settings: Any) -> None:
    settings.PASSERELLE_LIMITS_FACTOR = 1
    pages = {plain(ask(house.plsa.email).content) for _ in range(5)}
    assert len(pages) == 1
    assert Message.objects.count() == 3


# ------------------------------------------------------------------------------------------------ the relay


def message(**more: str) -> dict[str, str]:
    fields = {
        "cofor": "AB12CD", "last_name": "User", "first_name": "Ugo", "email": "ugo@x.example", "phone": "",
        "comments": "Who am I?", "submission": "",
    }  # fmt: skip
    return fields | more


def test_a_message_reaches_every_plsa_and_shows_none(house: House) -> None:
    second = person("pia@fournier.example")
    open_for(house.company, second)
    answer = Client().post("/en/forgotten-password/message/", message())
    page = Client().get(answer["Location"]).content.decode()
    assert Ticket.objects.get().reference in page
    assert not re.search(r"paula|pia@|ugo@", page)
    assert set(Message.objects.values_list("to_address", flat=True)) == {house.plsa.email, second.email}


@pytest.mark.parametrize("cofor", ["ZZ99ZZ", "CC22CC"])
def test_a_company_without_plsas_is_said_to_have_none_and_nothing_typed_is_lost(house: House, cofor: str) -> None:
    cast.company(NOW, cofor="CC22CC", name="Closed")
    answer = Client().post("/en/forgotten-password/message/", message(cofor=cofor))
    assert answer.status_code == 422
    assert b"The company has no PLSA at present." in answer.content
    assert b"Who am I?" in answer.content
    assert not Message.objects.exists()


def test_the_same_message_sent_twice_is_one(house: House) -> None:
    page = Client().get("/en/forgotten-password/message/").content.decode()
    mark = re.search(r'name="submission" value="([^"]+)"', page)
    assert mark
    places = {Client().post("/en/forgotten-password/message/", message(submission=mark[1]))["Location"] for _ in "12"}
    assert len(places) == 1
    assert Message.objects.count() == 1


# ------------------------------------------------------------------------------------------------ the Assistance

OLGA = Actor(ActorKind.STAFF, key="officer", name="Olga Officer", roles=frozenset({"assistance"}))
BASIL = Actor(ActorKind.STAFF, key="buyer", name="Basil Buyer", roles=frozenset({"purchasing"}))


def send(house: House, login: str, actor: Actor = OLGA) -> None:
    send_plsa_contacts(company_key=house.company.key, login=login, actor=actor, now=NOW)


def test_the_assistance_sends_the_contacts_of_the_plsas_to_a_registered_address_only(house: House) -> None:
    # D9
    who = person("ugo@fournier.example")
    open_for(house.company, who, plsa=False)
    send(house, f" {who.login.lower()} ")
    row = Message.objects.get()
    assert (row.to_address, row.sensitive) == (who.email, True)
    assert house.plsa.email in render(row).text
    event = Event.objects.get(tag=Tag.PLSA_CONTACTS_SENT)
    assert (event.actor_name, event.person_key, event.company_key) == ("Olga Officer", who.key, house.company.key)
    assert house.plsa.email not in str(event.new)


def test_nobody_else_is_sent_the_contacts_of_the_plsas(house: House) -> None:
    stranger = person("other@other.example")
    open_for(cast.company(NOW, cofor="EF34GH", name="Another"), stranger)
    ended = person("ended@fournier.example")
    open_for(house.company, ended, plsa=False)
    ended.memberships.update(ended_at=NOW)
    for login, actor, code in (
        (stranger.login, OLGA, "login_unknown"),
        (ended.login, OLGA, "login_unknown"),
        ("VNBDY222", OLGA, "login_unknown"),
        ("", OLGA, "login_unknown"),
        (house.plsa.login, BASIL, "no_power"),
        (house.plsa.login, SYSTEM.at(""), "no_plsa"),
    ):
        with pytest.raises(Refused, match=code):
            send(house, login, actor)
    assert not Message.objects.exists()
