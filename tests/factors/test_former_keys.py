"""The secret key changes: what the former one made goes on counting while it is given, and is made anew (D11, I11)."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client

from passerelle.accounts.actions.sealing import Resealed, reseal_secrets
from passerelle.accounts.models import RecoveryCode, SecondFactor
from passerelle.accounts.queries import keys_in_use
from passerelle.accounts.rules.factors import recovery_digests
from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.core.actor import SYSTEM
from passerelle.core.sealing import is_sealed_by_present_key, marks, resealed, seal, unseal
from passerelle.opening.actions.keys import rekey_openings
from passerelle.opening.models import Opening
from passerelle.operations.doctor import Finding, State, work
from passerelle.portal.session import devices
from tests import cast
from tests.conftest import NOW
from tests.entry.conftest import PASSWORD, House, person
from tests.factors.conftest import Kit, authenticator

NEW_KEY = "the next secret key of this deployment, long enough 0123456789 abcdef"
SECOND_STEP = "/en/sign-in/second-factor/"


@pytest.fixture
def former(settings: Any, kit: Kit) -> str:
    """Another key is the present one, after the factors were made; the former one is still given."""
    old = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW_KEY, [old]
    return str(old)


@pytest.fixture
def gone(settings: Any, former: str) -> None:
    settings.SECRET_KEY_FALLBACKS = []


def second_step(house: House, **typed: str) -> Any:
    assert house.sign_in()["Location"] == SECOND_STEP
    return house.client.post(SECOND_STEP, typed)


# ---------------------------------------------------------------- while the former key is given


def test_the_codes_of_an_authenticator_are_taken_under_a_former_key(house: House, kit: Kit, former: str) -> None:
    second_step(house, code=kit.code(NOW))
    assert house.is_in()


def test_a_recovery_code_is_taken_under_a_former_key_once(house: House, kit: Kit, former: str) -> None:
    second_step(house, recovery=kit.codes[0])
    assert house.is_in()
    house.client = Client()
    answer = second_step(house, recovery=kit.codes[0])
    assert b"This recovery code is not on your list" in answer.content


def test_a_digest_from_before_the_marks_counts(house: House, kit: Kit) -> None:
    unmarked = recovery_digests(house.plsa.key, kit.codes[0])[-1]
    RecoveryCode.objects.filter(digest=recovery_digests(house.plsa.key, kit.codes[0])[0]).update(digest=unmarked)
    assert ":" not in unmarked
    second_step(house, recovery=kit.codes[0])
    assert house.is_in()


def test_a_mark_tells_the_key_and_nothing_of_it(house: House, kit: Kit, settings: Any) -> None:
    stored = RecoveryCode.objects.values_list("digest", flat=True)
    assert {digest.partition(":")[0] for digest in stored} == {marks()[0]}
    assert {len(digest) for digest in stored} == {64}
    assert marks()[0] not in settings.SECRET_KEY


def test_a_browser_stays_known_and_a_session_open(house: House, settings: Any, clock: time_machine.Traveller) -> None:
    house.sign_in()
    before = devices.cookie_name(house.plsa.login_key)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], NEW_KEY
    assert house.is_in()
    after = devices.cookie_name(house.plsa.login_key)
    assert before != after
    house.client.cookies.pop("session")
    house.sign_in()
    assert house.client.cookies[after].value
    assert house.client.cookies[before].value == ""  # taken back, the new one stands for it
    request = type("Request", (), {"COOKIES": {before: house.client.cookies[after].value}})()
    assert devices.read(request, house.plsa.login_key)
    settings.SECRET_KEY_FALLBACKS = []
    assert not devices.read(request, house.plsa.login_key)


def test_a_request_is_found_again_under_a_former_key_and_then_under_the_present_one(db: None, settings: Any) -> None:
    # C2
    cast.publish_terms(NOW)
    company = cast.company(NOW)
    first = cast.ask(company, NOW)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], NEW_KEY
    assert cast.ask(company, NOW).pk == first.pk
    assert rekey_openings(actor=SYSTEM, now=NOW) == 1
    assert rekey_openings(actor=SYSTEM, now=NOW) == 0
    settings.SECRET_KEY_FALLBACKS = []
    assert cast.ask(company, NOW).pk == first.pk
    assert Opening.objects.count() == 1


# ---------------------------------------------------------------- sealing anew


def test_secrets_are_sealed_anew_once_and_the_trail_says_so(house: House, kit: Kit, former: str, settings: Any) -> None:
    assert reseal_secrets(actor=SYSTEM, now=NOW) == Resealed(done=1)
    assert Event.objects.filter(tag=Tag.SECRETS_RESEALED).count() == 1
    factor = SecondFactor.objects.get()
    assert is_sealed_by_present_key(factor.secret)
    assert reseal_secrets(actor=SYSTEM, now=NOW) == Resealed(present=1)
    assert Event.objects.filter(tag=Tag.SECRETS_RESEALED).count() == 1
    settings.SECRET_KEY_FALLBACKS = []
    second_step(house, code=kit.code(NOW))
    assert house.is_in()


def test_a_factor_that_changed_meanwhile_is_left_as_it_is(
    house: House, former: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = seal("JBSWY3DPEHPK3PXP")

    def late(sealed: str) -> str:
        SecondFactor.objects.update(secret=fresh)
        return resealed(sealed)

    monkeypatch.setattr("passerelle.accounts.actions.sealing.resealed", late)
    assert reseal_secrets(actor=SYSTEM, now=NOW) == Resealed()
    assert SecondFactor.objects.get().secret == fresh
    assert not Event.objects.filter(tag=Tag.SECRETS_RESEALED).exists()


def test_many_secrets_are_sealed_in_steps(house: House, former: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("passerelle.accounts.actions.sealing._AT_ONCE", 2)
    for number in range(4):
        authenticator(person(f"p{number}@fournier.example"))
    sealed = SecondFactor.objects.order_by("pk").first()
    assert sealed is not None
    SecondFactor.objects.exclude(pk=sealed.pk).update(secret=sealed.secret)
    SecondFactor.objects.filter(pk=sealed.pk).update(secret="no token")
    assert reseal_secrets(actor=SYSTEM, now=NOW) == Resealed(done=4, lost=1)
    assert {unseal(secret) != "" for secret in SecondFactor.objects.values_list("secret", flat=True)} == {True, False}


# ---------------------------------------------------------------- when the key is gone


def test_an_authenticator_whose_key_is_gone_says_what_to_do_and_costs_no_try(
    house: House, kit: Kit, gone: None
) -> None:
    house.sign_in()
    for _ in range(7):
        answer = house.client.post(SECOND_STEP, {"code": kit.code(NOW)})
        assert answer.status_code == 422
        assert b"The portal can no longer check the codes of your authenticator application." in answer.content
    line = Event.objects.filter(tag=Tag.SIGN_IN_REFUSED).latest("pk")
    assert "unreadable_factor" in json.dumps(line.new)
    house.client.post(SECOND_STEP, {"recovery": "AAAAA-AAAAA"})
    assert house.sign_in().status_code == 302  # its door is not paused


def test_a_list_of_recovery_codes_whose_key_is_gone_says_so(house: House, kit: Kit, gone: None) -> None:
    answer = second_step(house, recovery=kit.codes[0])
    assert answer.status_code == 422
    assert b"The portal can no longer check the recovery codes of your list." in answer.content


def test_a_wrong_code_of_a_readable_list_is_a_wrong_code(house: House, kit: Kit, former: str) -> None:
    answer = second_step(house, recovery="AAAAA-AAAAA")
    assert b"This recovery code is not on your list" in answer.content


def test_a_fresh_proof_says_it_too_and_costs_no_try(house: House, kit: Kit) -> None:
    second_step(house, code=kit.code(NOW))
    SecondFactor.objects.update(secret="sealed with a key that is gone")
    for _ in range(7):
        answer = house.client.post("/en/account/confirm/", {"code": "123456"})
        assert answer.status_code == 422
        assert b"The portal can no longer check the codes of your authenticator application." in answer.content
    assert house.client.post("/en/account/confirm/", {"password": PASSWORD}).status_code == 302


# ---------------------------------------------------------------- the command and the doctor


def told(state: State) -> list[Finding]:
    return [finding for finding in work.secrets() if finding.state is state]


def test_the_doctor_and_the_command_tell_what_still_needs_a_former_key(
    house: House, kit: Kit, former: str, settings: Any
) -> None:
    (warning,) = told(State.WARN)
    assert "1 authenticator applications are still sealed with a former" in warning.found
    assert "reseal_secrets" in warning.to_do
    out = StringIO()
    call_command("reseal_secrets", stdout=out)
    assert "sealed anew: 1\n" in out.getvalue()
    assert "still need a former key: 10\n" in out.getvalue()
    out = StringIO()
    call_command("reseal_secrets", stdout=out)
    assert "sealed anew: 0\n" in out.getvalue()
    assert "with the present key already: 1\n" in out.getvalue()
    (fine,) = list(work.secrets())
    assert (fine.state, "10 recovery codes still need a former key" in fine.found) == (State.OK, True)
    settings.SECRET_KEY_FALLBACKS = []
    (warning,) = list(work.secrets())
    assert (warning.state, warning.found.startswith("10 recovery codes")) == (State.WARN, True)


def test_the_doctor_fails_and_the_command_ends_with_an_error_when_a_key_is_gone(house: House, gone: None) -> None:
    (failure,) = told(State.FAIL)
    assert "PASSERELLE_SECRET_KEY_FALLBACKS" in failure.to_do
    with pytest.raises(CommandError, match="1 secrets and 10 recovery codes need a key that is not given"):
        call_command("reseal_secrets", stdout=StringIO())
    before = SecondFactor.objects.get().secret
    assert keys_in_use().lost == 1
    assert SecondFactor.objects.get().secret == before


def test_the_doctor_is_content_without_second_factors(db: None) -> None:
    assert [finding.state for finding in work.secrets()] == [State.OK]
