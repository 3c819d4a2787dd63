"""New parameters of hashing renew a hash at the next sign-in, and end no session."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.hashers import identify_hasher
from django.test import Client

from passerelle.accounts import hashers
from passerelle.accounts.models import Person
from passerelle.entry import actions as entry
from tests.entry.conftest import House
from tests.hashers import QuickArgon2


def stronger(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QuickArgon2, "time_cost", QuickArgon2.time_cost + 1)


def test_a_renewed_hash_signs_nobody_out(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    # decision 12
    phone = Client()
    assert house.sign_in(client=phone).status_code == 302
    before = house.plsa.password
    stronger(monkeypatch)
    assert house.sign_in().status_code == 302
    after = Person.objects.get(pk=house.plsa.pk).password
    assert after != before
    assert not identify_hasher(after).must_update(after)
    assert house.is_in()
    assert house.is_in(phone)


def test_no_turn_is_held_while_a_renewed_hash_is_written(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    # On a database of one writer, who writes a password waits for a turn, and who holds one must not wait to write.
    held: list[bool] = []
    renew = entry.renew_hash

    def watched(**named: Any) -> None:
        held.append(getattr(hashers._mine, "held", False))
        renew(**named)

    monkeypatch.setattr(entry, "renew_hash", watched)
    stronger(monkeypatch)
    assert house.sign_in().status_code == 302
    assert held == [False]
    assert house.sign_in(client=Client()).status_code == 302
    assert held == [False]  # it is renewed once


def test_a_session_outlives_a_new_secret_key_while_the_old_one_is_a_fallback(house: House, settings: Any) -> None:
    left = Client()
    for client in (house.client, left):
        assert house.sign_in(client=client).status_code == 302
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another secret key of the same deployment"
    settings.SECRET_KEY_FALLBACKS = [old]
    assert house.is_in()
    settings.SECRET_KEY_FALLBACKS = []
    assert house.is_in()  # renewed with the key in force as it was used
    assert not house.is_in(left)


def test_a_session_is_held_against_its_person_and_epoch(house: House) -> None:
    said = house.plsa.get_session_auth_hash()
    assert Person(key=house.plsa.key, credential_epoch=house.plsa.credential_epoch).get_session_auth_hash() == said
    assert Person(key="another", credential_epoch=house.plsa.credential_epoch).get_session_auth_hash() != said
    assert Person(key=house.plsa.key, credential_epoch=house.plsa.credential_epoch + 1).get_session_auth_hash() != said
