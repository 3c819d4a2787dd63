"""Passwords: length, known ones and one's own data refused; any character is fine; the same text is one password."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import datetime
from importlib import import_module

import pytest
from django.test import Client
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from passerelle.accounts import actions, backend, demonstration
from passerelle.accounts.backend import LoginBackend
from passerelle.accounts.enums import LoginState, StateReason
from passerelle.accounts.hashers import OwaspArgon2
from passerelle.accounts.models import Person, Session
from passerelle.accounts.rules import normal_password, password_faults
from passerelle.core.actor import SYSTEM
from passerelle.core.errors import Refused
from passerelle.memberships import actions as memberships
from passerelle.suppliers.actions import close_company
from passerelle.suppliers.models import Company
from tests import cast
from tests.conftest import NOW

GOOD = "seven brown kettles sing"
PERSON = Person(
    login="VABC2DEF", first_name="Paula", last_name="Montgolfier", email="paula.montgolfier@fournier.example",
    password="!",
)  # fmt: skip


@given(st.text(min_size=15, max_size=128))
@settings(deadline=None)
def test_any_character_may_be_in_a_password_and_no_composition_is_asked(text: str) -> None:
    # decision 12
    assume(15 <= len(normal_password(text)) <= 128)
    assert not {"short", "long"} & set(password_faults(text, PERSON))


@pytest.mark.parametrize(
    ("password", "faults"),
    [
        (GOOD, []),
        ("fifteen letter ", []),  # blanks count, outer ones too
        ("пять рыжих котов", []),
        ("七つの茶色いやかんが歌っています。", []),
        ("seven 🫖 brown 🫖", []),
        ("a\tb\nc\x00d\x1be f g h", []),
        ("fourteen signs", ["short"]),
        ("x" * 129, ["long", "common"]),
        (GOOD * 6, ["long"]),
        ("a" * 15, ["common"]),
        ("abababababababab", ["common"]),
        ("abcdefghijklmnop", ["common"]),
        ("ponmlkjihgfedcba", ["common"]),
        ("password12345678", ["common"]),
        ("PassWord PassWord", ["common"]),
        ("motdepasse2026!!", ["common"]),
        ("Bienvenue2026!!!!", ["common"]),
        ("montgolfierpaula", ["personal"]),
        ("Paula Montgolfier 1", ["personal"]),
        ("VABC2DEFvabc2def1", ["personal"]),
        ("paula.montgolfier@fournier.example", ["personal"]),
    ],
)
def test_a_password_lacks_what_it_lacks(password: str, faults: list[str]) -> None:
    assert password_faults(password, PERSON) == faults


@given(st.text(max_size=60))
def test_the_same_visible_text_is_one_password(text: str) -> None:
    # NFKC: another keyboard, another composition of an accent
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert normal_password(unicodedata.normalize(form, text)) == normal_password(text)


# ---------------------------------------------------------------------------------------------- in the database


def person(now: datetime, password: str = GOOD) -> Person:
    made = actions.create_login(
        first_name="Paula", last_name="Montgolfier", email="paula@fournier.example", language="en", actor=SYSTEM,
        now=now,
    )  # fmt: skip
    return actions.set_password(person_id=made.pk, password=password, actor=SYSTEM, now=now)


@pytest.mark.django_db
def test_an_accent_typed_on_another_keyboard_signs_in(now: datetime) -> None:
    made = person(now, unicodedata.normalize("NFD", "été à la crème brûlée"))
    typed = unicodedata.normalize("NFC", "été à la crème brûlée")
    assert LoginBackend().authenticate(None, made.login, typed) == made
    assert LoginBackend().authenticate(None, made.login.lower(), typed) == made
    assert LoginBackend().authenticate(None, made.login, typed + " ") is None  # a password is never trimmed


@pytest.mark.django_db
def test_a_new_password_ends_every_session_and_keeps_the_previous_hash_only(now: datetime) -> None:
    # D6, decision 13
    made = person(now)
    first = made.password
    Session.objects.create(session_key="a" * 32, session_data="", expire_date=now, person=made)
    changed = actions.set_password(person_id=made.pk, password="nine green lamps hum", actor=SYSTEM, now=now)
    assert not Session.objects.exists()
    assert (changed.previous_password, changed.credential_epoch) == (first, made.credential_epoch + 1)
    assert changed.activated_at == made.activated_at
    with pytest.raises(Refused) as refusal:
        actions.set_password(person_id=made.pk, password="nine green lamps hum", actor=SYSTEM, now=now)
    assert refusal.value.facts["faults"] == ["same"]


@pytest.mark.django_db
@pytest.mark.parametrize("state", [LoginState.SUSPENDED, LoginState.BLOCKED, LoginState.DELETED])
def test_a_login_that_is_not_active_takes_no_password(state: LoginState, now: datetime) -> None:
    made = person(now)
    actions.change_state(person_id=made.pk, to=state, reason=StateReason.BY_ASSISTANCE, actor=SYSTEM, now=now)
    with pytest.raises(Refused, match="login_closed"):
        actions.set_password(person_id=made.pk, password="nine green lamps hum", actor=SYSTEM, now=now)


def test_the_parameters_are_owasp_s() -> None:
    configured = import_module("passerelle.config.settings").PASSWORD_HASHERS
    assert configured == [f"{OwaspArgon2.__module__}.{OwaspArgon2.__qualname__}"]
    hasher = OwaspArgon2()
    assert (hasher.time_cost, hasher.memory_cost, hasher.parallelism) == (2, 19 * 1024, 1)


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every hash that is computed, whichever way. It is quick here: what counts is how many."""
    backend._dummy_hash()
    done: list[str] = []

    def verify(self: OwaspArgon2, password: str, encoded: str) -> bool:
        done.append("verify")
        return real_verify(self, password, encoded)

    def encode(self: OwaspArgon2, password: str, salt: str) -> str:
        done.append("encode")
        return real_encode(self, password, salt)

    real_verify, real_encode = OwaspArgon2.verify, OwaspArgon2.encode
    monkeypatch.setattr(OwaspArgon2, "verify", verify)
    monkeypatch.setattr(OwaspArgon2, "encode", encode)
    return done


@pytest.mark.django_db
def test_a_success_costs_one_hash_and_every_failure_exactly_two(now: datetime, hashes: list[str]) -> None:
    # decision 13: time tells nothing
    made = person(now)
    fresh = actions.create_login(
        first_name="F", last_name="F", email="fresh@fournier.example", language="en", actor=SYSTEM, now=now
    )

    def cost(login: str, password: str) -> tuple[bool, int]:
        hashes.clear()
        found = LoginBackend().authenticate(None, login, password)
        return found is not None, len(hashes)

    assert cost(made.login, GOOD) == (True, 1)
    assert cost(made.login, "wrong") == (False, 2)
    assert cost("VZZZZZZZ", GOOD) == (False, 2)
    assert cost("", "") == (False, 2)
    assert cost(fresh.login, GOOD) == (False, 2)  # not activated yet
    for state in (LoginState.SUSPENDED, LoginState.BLOCKED, LoginState.DELETED):
        actions.change_state(person_id=made.pk, to=state, reason=StateReason.BY_ASSISTANCE, actor=SYSTEM, now=now)
        assert cost(made.login, GOOD) == (False, 2), state
        assert cost(made.login, "wrong") == (False, 2), state


@pytest.mark.django_db
def test_a_demonstration_password_opens_nothing_outside_the_demonstration(
    now: datetime, hashes: list[str], settings: object
) -> None:
    made = person(now, demonstration.SUPPLIER)
    hashes.clear()
    assert LoginBackend().authenticate(None, made.login, demonstration.SUPPLIER) is None
    assert len(hashes) == 2
    settings.PASSERELLE_DEMO = True  # type: ignore[attr-defined]
    assert LoginBackend().authenticate(None, made.login, demonstration.SUPPLIER) == made


@pytest.mark.django_db
def test_the_page_spends_as_many_hashes_as_the_backend_for_a_closed_company_too(
    client: Client, hashes: list[str]
) -> None:
    # decision 13, H4: the password is right, the company lets nobody in
    made = person(NOW)
    company = cast.company(NOW)
    memberships.open_company(company_id=company.pk, company_key=company.key, actor=SYSTEM, now=NOW)
    memberships.join(
        person_id=made.pk, person_key=made.key, company_id=company.pk, company_key=company.key, actor=SYSTEM, now=NOW
    )

    def cost(login: str, password: str) -> tuple[int, int]:
        hashes.clear()
        answer = client.post("/en/sign-in/", {"login": login, "password": password})
        return answer.status_code, len(hashes)

    assert cost(made.login, GOOD) == (302, 1)
    client.logout()
    assert cost(made.login, "wrong") == (422, 2)
    assert cost("VNOBODY2", GOOD) == (422, 2)
    close_company(actor=SYSTEM, now=NOW, company=Company.objects.get(), reason="merged")
    assert cost(made.login, GOOD) == (422, 2)
