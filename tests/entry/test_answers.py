"""Sign-in answers the same to all it refuses: the same status, the same bytes, the same work (D2, decision 14)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from passerelle.accounts import actions as accounts
from passerelle.accounts.enums import LoginState, PersonKind, StateReason
from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.core.actor import SYSTEM
from passerelle.memberships import actions as memberships
from passerelle.portal.session import attempt
from passerelle.suppliers.actions import close_company
from tests import cast
from tests.conftest import NOW
from tests.entry.conftest import PASSWORD, House, open_for, person


def plain(content: bytes, login: str) -> bytes:
    """The page without what must differ: the token of the form, the login as it was typed, and the number."""
    text = re.sub(rb'name="csrfmiddlewaretoken" value="[^"]+"', b"", content)
    text = re.sub(rb"\b\d{4} \d{4}\b", b"NUMBER", text)
    return text.replace(login.encode(), b"LOGIN")


def causes(house: House) -> dict[str, tuple[str, str]]:
    """A login and password for each cause of a refusal, all logins as long as each other."""
    found = {"wrong": (house.plsa.login, "not the password"), "unknown": ("VNBDY222", PASSWORD)}
    for number, state in enumerate((LoginState.SUSPENDED, LoginState.BLOCKED, LoginState.DELETED)):
        made = person(f"p{number}@fournier.example")
        open_for(house.company, made)
        accounts.change_state(person_id=made.pk, to=state, reason=StateReason.BY_ASSISTANCE, actor=SYSTEM, now=NOW)
        found[state.value] = (made.login, PASSWORD)
    alone = person("alone@fournier.example")
    found["of no company"] = (alone.login, PASSWORD)
    for name, cofor, act in (
        ("of a closed company", "CC22CC", lambda c: close_company(actor=SYSTEM, now=NOW, company=c, reason="x")),
        (
            "of a suspended company", "DD22DD",
            lambda c: memberships.suspend_access(company_id=c.pk, reason="x", actor=SYSTEM, now=NOW),
        ),
    ):  # fmt: skip
        company, made = cast.company(NOW, cofor=cofor, name=name), person(f"{cofor}@fournier.example")
        open_for(company, made)
        act(company)
        found[name] = (made.login, PASSWORD)
    fresh = accounts.create_login(
        first_name="F", last_name="F", email="fresh@fournier.example", language="en", actor=SYSTEM, now=NOW
    )
    found["not activated"] = (fresh.login, PASSWORD)
    return found


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_refusal_has_the_same_status_bytes_and_headers(house: House, language: str) -> None:
    # D2, decision 14
    answers = {}
    for name, (login, password) in causes(house).items():
        client = Client()
        client.get(f"/{language}/sign-in/")
        answer = client.post(f"/{language}/sign-in/", {"login": login, "password": password})
        headers = {key: value for key, value in answer.headers.items() if key not in {"X-Request-ID", "Content-Length"}}
        answers[name] = (answer.status_code, plain(answer.content, login), headers, sorted(client.cookies))
    assert len(answers) == 9
    reference = answers.pop("wrong")
    assert reference[0] == 422
    for name, found in answers.items():
        assert found == reference, name


def test_every_refusal_costs_the_same_number_of_queries(house: House) -> None:
    # Times are equal only if the work is.
    counts = {}
    for name, (login, password) in causes(house).items():
        client = Client()
        with CaptureQueriesContext(connection) as queries:
            client.post("/en/sign-in/", {"login": login, "password": password})
        counts[name] = len(queries)
    assert len(set(counts.values())) == 1, counts


def test_every_refusal_stands_in_the_trail_with_its_cause_and_never_on_the_page(house: House) -> None:
    found = causes(house)
    for login, password in found.values():
        Client().post("/en/sign-in/", {"login": login, "password": password})
    reasons = sorted(event.new["reason"] for event in Event.objects.filter(tag=Tag.SIGN_IN_REFUSED))
    assert reasons == sorted(
        [
            "wrong_password", "unknown", "login_suspended", "login_blocked", "login_deleted", "no_company",
            "company_closed", "access_suspended", "not_activated",
        ]
    )  # fmt: skip
    texts = str([(e.old, e.new, e.actor_name) for e in Event.objects.all()])
    assert PASSWORD not in texts
    assert "not the password" not in texts


@pytest.mark.parametrize("known", [True, False])
def test_tries_are_counted_whether_or_not_the_login_exists(
    house: House, known: bool, hashes: list[str], clock: time_machine.Traveller
) -> None:
    # decision 14: after five tries a pause, counted on the typed text and refused before hashing
    login = house.plsa.login if known else "VNBDY222"
    answers = [house.sign_in(login, "wrong", client=Client()) for _ in range(7)]
    assert [answer.status_code for answer in answers] == [422] * 7
    assert len(hashes) == 10  # two a failure, and five failures
    pages = [plain(answer.content, login) for answer in answers]
    assert pages[0] == pages[1]
    assert b"After 2 more tries sign-in pauses." in pages[2]
    assert b"After 1 more try sign-in pauses." in pages[3]
    assert b"Sign-in with this login is paused until 10:31." in pages[4]
    assert b"Sign-in is paused until 10:31 to protect the account" in pages[5]
    assert b"/en/sign-in/device/" in pages[5]  # the way out
    assert pages[5] == pages[6]
    assert b"paused until" in house.sign_in(login.lower(), "wrong").content  # another case is the same login
    assert len(hashes) == 10
    clock.shift(timedelta(minutes=1))
    after = house.sign_in(login, "wrong").content
    assert b"Sign-in with this login is paused until 10:33." in after
    assert len(hashes) == 12


def test_the_pause_is_the_same_page_for_a_login_that_exists_and_one_that_does_not(house: House) -> None:
    pages = []
    for login in (house.plsa.login, "VNBDY222"):
        for _ in range(6):
            answer = house.sign_in(login, "wrong", client=Client())
        pages.append(plain(answer.content, login))
    assert pages[0] == pages[1]
    assert house.sign_in().status_code == 422  # the right password too, until the pause is over


def test_every_refusal_costs_two_hashes_and_a_success_one(house: House, hashes: list[str]) -> None:
    # decision 13: former passwords, suspended logins, closed companies included
    for name, (login, password) in causes(house).items():
        hashes.clear()
        assert house.sign_in(login, password, client=Client()).status_code == 422, name
        assert len(hashes) == 2, name
    hashes.clear()
    assert house.sign_in(client=Client()).status_code == 302
    assert len(hashes) == 1


def test_one_address_tries_sixty_times_an_hour_over_all_logins(house: House, hashes: list[str]) -> None:
    for number in range(65):
        answer = house.sign_in(f"VNBDY{number:03d}", f"wrong {number}")
    assert len(hashes) == 120
    assert b"paused until 11:00" in answer.content
    elsewhere = Client(REMOTE_ADDR="192.0.2.99")
    assert b"paused until" not in house.sign_in("VNBDY999", "wrong", client=elsewhere).content
    assert len(hashes) == 122


def test_addresses_of_one_network_count_as_one(house: House, hashes: list[str]) -> None:
    for number in range(65):
        house.sign_in(f"VNBDY{number:03d}", f"wrong {number}", client=Client(REMOTE_ADDR=f"2001:db8::{number:x}"))
    assert len(hashes) == 120
    house.sign_in("VNBDY999", "wrong", client=Client(REMOTE_ADDR="2001:db8:0:1::1"))
    assert len(hashes) == 122


def test_one_password_on_many_logins_is_tried_less_than_a_hundred_times_an_hour(
    house: House, hashes: list[str], clock: time_machine.Traveller
) -> None:
    # security page, guessing: counted for failures only, and over all logins and addresses
    common = "Welcome to the portal 1"
    for number in range(200):
        clock.shift(timedelta(seconds=18))
        house.sign_in(f"VNB{number:05d}", common, client=Client(REMOTE_ADDR=f"192.0.2.{number % 50}"))
    assert 40 <= len(hashes) / 2 <= 100
    assert house.sign_in(client=Client(REMOTE_ADDR="192.0.2.200")).status_code == 302


def test_what_stands_for_a_password_is_sixteen_bits_that_many_share() -> None:
    buckets = {attempt._bucket(f"password number {number}") for number in range(2000)}
    assert {len(bucket) for bucket in buckets} == {4}
    assert len(buckets) > 1900
    assert attempt._bucket("a") == attempt._bucket("a")


def test_a_success_forgives_the_tries_before_it(house: House) -> None:
    for _ in range(4):
        for _ in range(4):
            house.sign_in(password="wrong", client=Client(REMOTE_ADDR="192.0.2.50"))
        assert house.sign_in(client=Client(REMOTE_ADDR="192.0.2.51")).status_code == 302


def test_a_password_is_never_seen_again(house: House) -> None:
    answer = house.sign_in(password="my secret words 42")
    assert b"my secret words" not in answer.content
    switched = house.client.post(
        "/fr/sign-in/", {"login": house.plsa.login, "password": "my secret words 42", "_switch": "1"}
    )
    assert b"my secret words" not in switched.content
    assert house.plsa.login.encode() in switched.content


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "\thttps://evil.example",
        "/en/\r\nSet-Cookie: a=b", "https:evil.example", "/%0d%0aX: y", "http:///evil.example", "/" * 9000,
    ],
)  # fmt: skip
def test_signing_in_leads_nowhere_outside(house: House, target: str) -> None:
    answer: Any = house.client.post("/en/sign-in/", {"login": house.plsa.login, "password": PASSWORD, "next": target})
    assert answer.status_code == 302
    location = answer["Location"]
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))
    assert "\n" not in location
    assert "Set-Cookie" not in location or "%0" in location


def test_staff_enter_by_their_login_alone_and_meet_the_desk(house: House) -> None:
    made = accounts.create_login(
        first_name="Olga", last_name="Officer", email="olga@group.example", language="en", actor=SYSTEM, now=NOW,
        kind=PersonKind.STAFF,
    )  # fmt: skip
    accounts.set_password(person_id=made.pk, password=PASSWORD, actor=SYSTEM, now=NOW)
    answer = house.sign_in(made.login)
    assert (answer.status_code, answer["Location"]) == (302, "/en/desk/")
