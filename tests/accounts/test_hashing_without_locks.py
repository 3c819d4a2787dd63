"""No hash is computed while a transaction is open: it would keep everybody waiting who writes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from passerelle.accounts import actions as accounts
from passerelle.accounts.hashers import OwaspArgon2
from passerelle.accounts.models import Person
from passerelle.core.actor import SYSTEM
from passerelle.core.errors import Refused
from passerelle.entry.actions.recovery import choose_password, forgotten_password
from passerelle.mail import links
from passerelle.mail.models import Link
from passerelle.opening import actions as opening
from tests import cast
from tests.conftest import NOW
from tests.entry.conftest import PASSWORD, open_for
from tests.entry.recovering import policies

NEW, NEWER = "nine green lamps hum", "eleven red doors shut"
LATER = NOW + timedelta(minutes=1)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every hash that is computed, and whether a transaction was open then."""
    done: list[str] = []
    verify, encode = OwaspArgon2.verify, OwaspArgon2.encode

    def verifying(self: OwaspArgon2, password: str, encoded: str) -> bool:
        done.append("locked" if connection.in_atomic_block else "verify")
        return verify(self, password, encoded)

    def encoding(self: OwaspArgon2, password: str, salt: str) -> str:
        done.append("locked" if connection.in_atomic_block else "encode")
        return encode(self, password, salt)

    monkeypatch.setattr(OwaspArgon2, "verify", verifying)
    monkeypatch.setattr(OwaspArgon2, "encode", encoding)
    yield done
    assert "locked" not in done


def person() -> Person:
    return accounts.create_login(
        first_name="Paula", last_name="O'Plsa", email="paula@fournier.example", language="en", actor=SYSTEM, now=NOW
    )


def chosen(made: Person, password: str = PASSWORD) -> Person:
    return accounts.set_password(person_id=made.pk, password=password, actor=SYSTEM, now=NOW)


def test_setting_and_changing_a_password_hash_without_a_lock(hashes: list[str]) -> None:
    # D6
    made = chosen(person())
    assert hashes == ["encode"]
    hashes.clear()
    accounts.change_password(
        person_id=made.pk, password=NEW, current=PASSWORD, keep="", device="", actor=SYSTEM, now=NOW
    )
    assert hashes == ["verify", "verify", "encode"]


def test_the_way_back_from_a_temporary_password_hashes_without_a_lock(hashes: list[str]) -> None:
    # decision 16, D7
    made = chosen(person())
    accounts.make_temporary(person_id=made.pk, made=accounts.new_temporary(), actor=SYSTEM, now=NOW)
    hashes.clear()
    back = chosen(made)
    assert hashes == ["verify", "verify", "encode"]
    assert (back.previous_password, back.previous_password_at) == ("", None)


def test_refusals_hash_without_a_lock_and_leave_no_transaction_open(hashes: list[str]) -> None:
    made = chosen(person())
    for password, current, code in ((NEW, "wrong", "wrong_password"), ("short", PASSWORD, "password")):
        with pytest.raises(Refused, match=code):
            accounts.change_password(
                person_id=made.pk, password=password, current=current, keep="", device="", actor=SYSTEM, now=NOW
            )
    assert not connection.in_atomic_block
    assert Person.objects.get().check_password(PASSWORD)


def test_an_activation_hashes_without_a_lock(hashes: list[str]) -> None:
    # D1
    made = person()
    link = links_to(made, "activation")
    with pytest.raises(Refused, match="password"):
        opening.activate(link_key=link.key, password="short", actor=cast.VISITOR, now=NOW)
    opening.activate(link_key=link.key, password=NEW, actor=cast.VISITOR, now=NOW)
    hashes.clear()
    with pytest.raises(Refused, match="link_used"):
        opening.activate(link_key=link.key, password=NEW, actor=cast.VISITOR, now=NOW)
    assert not hashes  # a link that was used costs nothing


def test_a_recovery_hashes_without_a_lock(hashes: list[str]) -> None:
    # D8
    made = chosen(person())
    link = links_to(made, "recovery")
    choose_password(link_key=link.key, password=NEW, actor=cast.VISITOR, now=LATER)
    late = links_to(made, "recovery")
    chosen(made, NEWER)
    Person.objects.update(password_changed_at=LATER)
    hashes.clear()
    for key, code in ((link.key, "link_used"), (late.key, "link_overtaken")):
        with pytest.raises(Refused, match=code):
            choose_password(link_key=key, password=PASSWORD, actor=cast.VISITOR, now=LATER)
    assert not hashes


def test_a_temporary_password_is_hashed_without_a_lock(hashes: list[str], settings: Any) -> None:
    # decision 16
    company, made = cast.company(NOW), chosen(person())
    open_for(company, made)
    policies(settings, recovery="temporary_password")
    hashes.clear()
    answer = forgotten_password(
        email=made.email, login=made.login, cofor=company.cofor, browser={}, actor=cast.VISITOR, now=NOW
    )
    assert getattr(answer, "sent", False)
    assert hashes == ["encode"]
    assert Person.objects.get().temporary_until is not None


def test_the_pages_hash_without_a_lock(hashes: list[str], client: Client) -> None:
    company, made = cast.company(NOW), chosen(person())
    open_for(company, made)
    assert client.post("/en/sign-in/", {"login": made.login, "password": PASSWORD}).status_code == 302
    answer = client.post("/en/password/", {"new_password": NEW})
    assert answer.status_code == 302
    assert Person.objects.get().check_password(NEW)


def links_to(made: Person, purpose: str) -> Link:
    with transaction.atomic():
        return links.issue(
            purpose, subject_key=made.key, recipient=made.email, expires_at=NOW + timedelta(days=1), now=NOW
        )
