"""Forgotten password: one page to everything that does not belong together, the forms, the limits (decision 16)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from passerelle.accounts.enums import LoginState, StateReason
from passerelle.core import clock
from passerelle.entry.models import Diagnosis
from passerelle.limits import pauses
from passerelle.mail.models import Message
from tests.conftest import NOW
from tests.entry.conftest import House, person
from tests.entry.recovering import ask, heading, mails, plain, state, user


@pytest.fixture(autouse=True)
def _wide_limits(settings: Any) -> None:
    settings.PASSERELLE_LIMITS_FACTOR = 100


@pytest.fixture
def _own_limits(settings: Any, _wide_limits: None) -> None:
    settings.PASSERELLE_LIMITS_FACTOR = 1


# ------------------------------------------------------------------------------------------------ neutral


def mismatches(house: House) -> dict[str, dict[str, str]]:
    right = {"email": house.plsa.email, "login": house.plsa.login, "cofor": "AB12CD"}
    found = {
        "unknown login": right | {"login": "VNBDY222"},
        "another address": right | {"email": "somebody@else.example"},
        "another code": right | {"cofor": "ZZ99ZZ"},
        "address in another case": right | {"email": "PAULA@fournier.example"},
        "nothing right": {"email": "no@body.example", "login": "nobody at all", "cofor": "QQ22QQ"},
    }
    for number, to in enumerate((LoginState.SUSPENDED, LoginState.BLOCKED, LoginState.DELETED)):
        made = user(house, f"p{number}@fournier.example")
        state(made, to, StateReason.BY_ASSISTANCE)
        found[f"wrong address of a {to.value} login"] = right | {"login": made.login}
    deleted = user(house, "gone@fournier.example")
    deleted.memberships.update(ended_at=NOW)
    state(deleted, LoginState.DELETED, StateReason.BY_PLSA)
    found["everything right of a deleted login"] = {"email": deleted.email, "login": deleted.login, "cofor": "AB12CD"}
    alone = person("alone@fournier.example")
    found["of no company"] = {"email": alone.email, "login": alone.login, "cofor": "AB12CD"}
    return found


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_mismatch_has_the_same_status_bytes_and_headers(house: House, language: str) -> None:
    answers = {}
    for name, fields in mismatches(house).items():
        client = Client()
        client.get(f"/{language}/forgotten-password/")
        answer = client.post(f"/{language}/forgotten-password/", fields)
        headers = {key: value for key, value in answer.headers.items() if key != "X-Request-ID"}
        answers[name] = (answer.status_code, plain(answer.content), headers, sorted(client.cookies))
    assert len(answers) == 10
    reference = answers.pop("unknown login")
    assert reference[0] == 200
    for name, other in answers.items():
        assert other == reference, name
    assert not Message.objects.exists()


def test_every_mismatch_costs_the_same_queries(house: House) -> None:
    counts = {}
    for name, fields in mismatches(house).items():
        with CaptureQueriesContext(connection) as queries:
            Client().post("/en/forgotten-password/", fields)
        counts[name] = [re.sub(r"'[^']*'|\b\d+\b", "?", query["sql"])[:24] for query in queries]
    assert len({tuple(count) for count in counts.values()}) == 1, {name: len(count) for name, count in counts.items()}


def test_a_mismatch_leaves_a_number_that_tells_its_cause(house: House) -> None:
    # I5
    page = ask(house.client, house.plsa, cofor="ZZ99ZZ").content.decode()
    row = Diagnosis.objects.get()
    assert f"{row.number[:4]} {row.number[4:]}" in page
    assert (row.door, row.reason, row.person_key) == ("forgotten_password", "wrong_details", house.plsa.key)
    assert house.plsa.login not in page
    assert house.plsa.email not in page


# ------------------------------------------------------------------------------------------------ the forms


@pytest.mark.parametrize(
    ("path", "labels"),
    [
        ("/en/forgotten-password/", ["E-mail address", "B2B login", "COFOR"]),
        ("/fr/forgotten-password/", ["Adresse e-mail", "Identifiant B2B", "COFOR"]),
        ("/en/forgotten-login/", ["COFOR", "E-mail address"]),
        ("/fr/forgotten-login/", ["COFOR", "Adresse e-mail"]),
    ],
)
def test_the_forms_have_the_labels_of_the_contract(client: Client, db: None, path: str, labels: list[str]) -> None:
    page = client.get(path).content.decode()
    assert re.findall(r'<label class="govuk-label" for="[^"]+">([^<]+)</label>', page) == labels
    assert ("Envoyer" if "/fr/" in path else "Send") in page
    empty = client.post(path, {}).content.decode()
    assert empty.count("govuk-form-group--error") == len(labels)


def test_the_language_is_changed_without_losing_what_was_typed(client: Client, db: None) -> None:
    fields = {"email": "p@x.example", "login": "VABCDEF2", "cofor": "AB12CD", "_switch": "1"}
    page = client.post("/fr/forgotten-password/", fields).content.decode()
    assert all(f'value="{fields[name]}"' in page for name in ("email", "login", "cofor"))
    assert not Diagnosis.objects.exists()


# ------------------------------------------------------------------------------------------------ limits


@pytest.mark.usefixtures("_own_limits")
def test_at_most_three_mails_an_hour_go_to_one_person_however_many_tried_wrongly(
    house: House, clock: time_machine.Traveller
) -> None:
    for number in range(10):
        ask(Client(REMOTE_ADDR=f"192.0.2.{number}"), house.plsa, cofor="ZZ99ZZ")
    for _ in range(3):
        assert heading(ask(house.client, house.plsa)) == "Look in your mailbox"
    answer = ask(house.client, house.plsa)
    assert heading(answer) == "How you get in again"
    assert "Another one can be sent after 11:00" in answer.content.decode()
    assert mails("recovery_link") == 3
    clock.shift(timedelta(hours=1))
    assert heading(ask(house.client, house.plsa)) == "Look in your mailbox"


@pytest.mark.usefixtures("_own_limits")
def test_one_address_asks_twenty_times_an_hour(house: House) -> None:
    for _ in range(20):
        assert ask(house.client, house.plsa, cofor="ZZ99ZZ").status_code == 200
    assert ask(house.client, house.plsa, cofor="ZZ99ZZ").status_code == 429
    right = ask(house.client, house.plsa)
    assert right.status_code == 429
    assert not mails("recovery_link")
    assert ask(Client(REMOTE_ADDR="192.0.2.99"), house.plsa).status_code == 200


def test_who_is_kept_out_is_not_promised_that_a_new_password_suffices(house: House) -> None:
    # D3, D8
    who = user(house)
    assert "A new password would not let you in" not in ask(house.client, who).content.decode()
    state(who, LoginState.SUSPENDED, StateReason.BY_PLSA)
    page = ask(house.client, who).content.decode()
    assert "A new password would not let you in" in page
    assert "sends you a link to choose a new password" not in page
    assert f"My B2B login {who.login} is not active." in page  # the message to the PLSAs asks for the right act


def test_who_is_signed_in_finds_the_message_to_the_plsas_filled_in(house: House) -> None:
    who = user(house)  # G3
    house.sign_in(who.login)
    assert b'href="/en/forgotten-password/message/"' in house.client.get("/en/home/").content
    page = house.client.get("/en/forgotten-password/message/").content.decode()
    for known in ("AB12CD", who.email, who.first_name):
        assert f'value="{known}"' in page
    assert "I have forgotten my login" not in page


@pytest.mark.usefixtures("_own_limits")
def test_who_is_held_up_by_a_pause_finds_the_way_round_it(house: House) -> None:
    # D8, I5: the diagnosis names the link that makes this browser known, and leads to it
    assert b'href="/en/sign-in/device/"' not in ask(house.client, house.plsa).content
    while pauses.claim("sign_in", house.plsa.login_key, now=clock.now()):
        pass
    page = ask(house.client, house.plsa).content
    assert b'href="/en/sign-in/device/"' in page
    assert b"Ask for a link that makes this browser known" in page
