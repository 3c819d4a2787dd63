"""Every page that refuses somebody shows a number, tries that nobody evaluated included (I5)."""

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
from passerelle.accounts import hashers
from passerelle.accounts.hashers import Busy
from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.core.actor import SYSTEM, visitor
from passerelle.entry import actions as entry
from passerelle.entry.models import Diagnosis
from passerelle.entry.queries import diagnosis_by_number
from passerelle.mail import links
from passerelle.mail.models import Link
from passerelle.web.credentials import DOORS, REASONS
from tests.conftest import NOW
from tests.entry.conftest import PASSWORD, House
from tests.entry.recovering import ask, link_of
from tests.entry.test_answers import plain

FRESH = "nine green lamps hum"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
LOGINS = ["known", "VNBDY222", "my secret words 42"]


def refusal_on(answer: Any) -> Diagnosis:
    """The refusal whose number a page shows; it is the only number there, and the cause stands nowhere."""
    shown = re.findall(r"\b\d{4} \d{4}\b", answer.content.decode())
    assert len(shown) == 1
    found = diagnosis_by_number(shown[0], NOW)
    assert found is not None
    assert found.reason in REASONS
    assert found.door in DOORS
    assert found.reason == "busy" or found.reason not in answer.content.decode()
    return found


def nameless(found: Diagnosis) -> bool:
    return not found.login_key and not found.person_key


def lines() -> int:
    return Event.objects.filter(tag=Tag.SIGN_IN_REFUSED).count()


# ---------------------------------------------------------------- a busy portal


@pytest.fixture
def full(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every turn is taken, and nobody is patient."""

    def taken(patience: float) -> int | None:
        raise Busy

    monkeypatch.setattr(hashers, "_taken", taken)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.usefixtures("full")
def test_a_busy_portal_gives_one_number_to_all_who_try_within_a_minute(house: House, language: str) -> None:
    # I5, decision 14: nothing tells a login that exists from one that does not
    pages, numbers = [], set()
    for login in (house.plsa.login, "VNBDY222"):
        for network in range(3):
            client = Client(REMOTE_ADDR=f"192.0.2.{network}")
            client.get(f"/{language}/sign-in/")
            answer = client.post(f"/{language}/sign-in/", {"login": login, "password": PASSWORD})
            assert answer.status_code == 429
            found = refusal_on(answer)
            numbers.add(found.number)
            pages.append(plain(answer.content, login))
    assert len(numbers) == 1
    assert len(set(pages)) == 1
    assert (found.door, found.reason, found.address) == ("sign_in", "busy", "")
    assert nameless(found)
    assert (Diagnosis.objects.count(), lines()) == (1, 1)


def test_a_flood_of_tries_writes_one_line_a_minute_and_asks_nothing_more(
    house: House, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.PASSERELLE_WEB_THREADS = 1
    monkeypatch.setattr(hashers, "_at_doors", [])
    numbers = set()
    with hashers.place_at_the_door():
        for _ in range(3):
            house.sign_in(client=Client())
            with CaptureQueriesContext(connection) as queries:
                for number in range(20):
                    answer = house.sign_in(f"VNBDY{number:03d}", client=Client(REMOTE_ADDR=f"2001:db8:{number:x}::1"))
                    assert answer.status_code == 429
            assert len(queries) == 0
            numbers.add(refusal_on(answer).number)
            clock.shift(MINUTE)
    assert len(numbers) == 3
    assert (Diagnosis.objects.count(), lines()) == (3, 3)


def test_another_process_finds_the_number_of_the_minute(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    first = entry.note_busy(door="sign_in", now=NOW + timedelta(seconds=5))
    monkeypatch.setattr("passerelle.entry.actions.diagnosis._busy", {})
    assert entry.note_busy(door="sign_in", now=NOW + timedelta(seconds=50)) == first
    assert entry.note_busy(door="lift", now=NOW) != first
    assert entry.note_busy(door="sign_in", now=NOW + MINUTE) != first
    assert Diagnosis.objects.get(number=first).expires_at >= NOW + MINUTE + timedelta(hours=24)


# ---------------------------------------------------------------- the page that lifts a block


@pytest.fixture
def lift_address(house: House) -> str:
    accounts.set_password(person_id=house.plsa.pk, password=FRESH, actor=SYSTEM, now=NOW)
    entry.block_for_former_password(person_id=house.plsa.pk, actor=visitor(), now=NOW)
    return f"/en/sign-in/lift/{links.token(Link.objects.filter(purpose='lift').latest('pk'))}/"


def test_a_paused_lift_shows_the_number_of_its_pause(house: House, lift_address: str) -> None:
    for _ in range(5):
        assert refusal_on(Client().post(lift_address, {"password": "wrong"})).reason == "wrong_password"
    before = Diagnosis.objects.count()
    found = {refusal_on(Client().post(lift_address, {"password": FRESH})) for _ in range(10)}
    assert len(found) == 1
    (refusal,) = found
    assert (refusal.door, refusal.reason, refusal.person_key) == ("lift", "lift_paused", house.plsa.key)
    assert refusal.paused_until == NOW + MINUTE
    assert Diagnosis.objects.count() == before + 1


def test_a_busy_lift_shows_a_number_too(house: House, lift_address: str, request: pytest.FixtureRequest) -> None:
    request.getfixturevalue("full")
    answer = Client().post(lift_address, {"password": FRESH})
    assert answer.status_code == 429
    found = refusal_on(answer)
    assert (found.door, found.reason) == ("lift", "busy")
    assert nameless(found)


# ---------------------------------------------------------------- forgotten password, forgotten login, known browser


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("door", ["forgotten_password", "forgotten_login"])
def test_too_many_forms_from_one_network_show_one_number_for_the_hour(
    house: House, settings: Any, door: str, language: str
) -> None:
    # I5, decision 16: the same for values that belong together and for those that do not
    settings.PASSERELLE_LIMITS = {**settings.PASSERELLE_LIMITS, "recovery_address": "2/h"}
    right = {"email": house.plsa.email, "login": house.plsa.login, "cofor": "AB12CD"}
    wrong = {"email": "p@elsewhere.example", "login": "VNBDY222", "cofor": "ZZ99ZZ"}
    address = f"/{language}/{door.replace('_', '-')}/"
    for _ in range(2):
        Client(REMOTE_ADDR="2001:db8::1").post(address, wrong)
    before, found, counts = Diagnosis.objects.count(), set(), []
    for number in range(20):
        client = Client(REMOTE_ADDR=f"2001:db8::{number:x}")
        with CaptureQueriesContext(connection) as queries:
            answer = client.post(address, right if number % 2 else wrong)
        assert answer.status_code == 429
        found.add(refusal_on(answer))
        counts.append(len(queries))
    (refusal,) = found
    assert (refusal.door, refusal.reason, refusal.paused_until) == (door, "form_paused", NOW.replace(minute=0) + HOUR)
    assert nameless(refusal)
    assert refusal.address == "2001:db8::/64"
    assert len(set(counts[1:])) == 1
    assert Diagnosis.objects.count() == before + 1


def test_who_asked_for_enough_mails_reads_a_number(house: House) -> None:
    for _ in range(3):
        ask(house.client, house.plsa)
    found = {refusal_on(ask(house.client, house.plsa)) for _ in range(3)}
    (refusal,) = found
    assert (refusal.door, refusal.reason) == ("forgotten_password", "recovery_limit")
    assert refusal.person_key == house.plsa.key


def test_a_link_on_which_too_much_was_tried_shows_a_number(house: House, settings: Any) -> None:
    settings.PASSERELLE_LIMITS = {**settings.PASSERELLE_LIMITS, "link_form": "2/h"}
    page = link_of(house)
    answers = [Client().post(page, {"new_password": "short"}) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [422, 422, 429, 429, 429]
    (refusal,) = {refusal_on(answer) for answer in answers[2:]}
    assert (refusal.door, refusal.reason, refusal.person_key) == ("forgotten_password", "link_limit", house.plsa.key)
    assert "iagnosis" not in answers[0].content.decode()


@pytest.mark.parametrize("typed", LOGINS)
def test_a_link_asked_too_often_shows_a_number_and_looks_nobody_up(house: House, typed: str) -> None:
    login = house.plsa.login if typed == "known" else typed
    answers, counts = [], []
    for _ in range(6):
        with CaptureQueriesContext(connection) as queries:
            answers.append(Client().post("/en/sign-in/device/", {"login": login}))
        counts.append([re.sub(r"'[^']*'|\b\d+\b", "?", query["sql"])[:30] for query in queries])
    assert [answer.status_code for answer in answers] == [302] * 3 + [422] * 3
    found = {refusal_on(answer) for answer in answers[3:]}
    (refusal,) = found
    assert (refusal.door, refusal.reason, refusal.person_key) == ("device", "device_limit", "")
    assert refusal.login_key == (house.plsa.login_key if typed == "known" else "")
    assert not [query for count in counts[3:] for query in count if "accounts_person" in query]


def test_the_page_of_a_link_asked_too_often_is_the_same_for_every_login(house: House) -> None:
    # decision 14
    pages: set[bytes] = set()
    counts: set[int] = set()
    for login in (house.plsa.login, "VNBDY222"):
        for _ in range(4):
            client = Client(REMOTE_ADDR=f"192.0.2.{len(pages)}")
            with CaptureQueriesContext(connection) as queries:
                answer = client.post("/en/sign-in/device/", {"login": login})
        pages.add(plain(answer.content, login))
        counts.add(len(queries))
    assert (len(pages), len(counts)) == (1, 1)


# ---------------------------------------------------------------- how long


def test_a_number_works_for_a_day_from_the_last_page_that_showed_it(house: House) -> None:
    until = NOW + timedelta(minutes=30)
    for at in (NOW, NOW + timedelta(minutes=29)):
        noted = entry.note_failure(
            door="device", typed="", person=None, reason="device_limit", paused_until=until, actor=visitor(), now=at
        )
    assert Diagnosis.objects.count() == 1
    assert diagnosis_by_number(noted.number, until + timedelta(hours=23, minutes=59)) is not None
    assert diagnosis_by_number(noted.number, until + timedelta(hours=24)) is None


# ---------------------------------------------------------------- inside a session


@pytest.fixture
def later(house: House, clock: time_machine.Traveller) -> House:
    """Signed in so long ago that a fresh proof is asked."""
    house.sign_in()
    clock.shift(timedelta(minutes=5))
    return house


@pytest.mark.parametrize(
    ("page", "typed"),
    [
        ("/en/account/confirm/", {"password": "wrong"}),
        ("/en/account/confirm/", {"code": "000000"}),
        ("/en/password/", {"current_password": "wrong", "new_password": FRESH}),
    ],
)
def test_a_proof_that_fails_and_one_that_is_paused_show_their_numbers(
    later: House, page: str, typed: dict[str, str]
) -> None:
    answers = [later.client.post(page, typed) for _ in range(13)]
    found = [refusal_on(answer) for answer in answers]
    assert {(row.door, row.person_key) for row in found} == {("confirm", later.plsa.key)}
    assert {row.reason for row in found[:10]} == {"wrong_code" if "code" in typed else "wrong_password"}
    assert len({row.number for row in found[:10]}) == 10
    assert {row.reason for row in found[10:]} == {"proof_paused"}
    assert len({row.number for row in found[10:]}) == 1


@pytest.mark.parametrize(
    ("page", "typed"),
    [
        ("/en/account/confirm/", {"password": PASSWORD}),
        ("/en/password/", {"current_password": PASSWORD, "new_password": FRESH}),
    ],
)
def test_a_proof_that_met_a_busy_portal_shows_a_number(
    later: House, request: pytest.FixtureRequest, page: str, typed: dict[str, str]
) -> None:
    request.getfixturevalue("full")
    found = refusal_on(later.client.post(page, typed))
    assert (found.door, found.reason) == ("confirm", "busy")
    assert nameless(found)


def test_a_page_that_refuses_nobody_shows_no_number(later: House) -> None:
    for page in ("/en/sign-in/", "/en/sign-in/device/", "/en/forgotten-password/", "/en/forgotten-login/"):
        assert not re.search(r"\b\d{4} \d{4}\b", Client().get(page).content.decode())
    for page in ("/en/account/confirm/", "/en/password/"):
        assert "iagnosis number" not in later.client.get(page).content.decode()
