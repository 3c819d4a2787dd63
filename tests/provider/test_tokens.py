"""What the provider answers is looked through: only a token that proves who came counts (decision 3)."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from joserfc.jwk import OctKey
from pytest_django import Settings

from passerelle.accounts.models import ProviderIdentity
from passerelle.entry.models import Diagnosis
from passerelle.provider import calls
from tests.conftest import NOW
from tests.provider.conftest import Browser
from tests.provider.server import CLIENT, RSA, SECRET, STRANGE
from tests.provider.test_sign_in import reason

NOW_SECONDS = int(NOW.timestamp())


def is_refused(browser: Browser, why: str = "provider_token") -> bool:
    answer = browser.sign_in()
    nobody = "_auth_user_id" not in browser.client.session and not ProviderIdentity.objects.exists()
    return (answer.status_code, reason()) == (422, why) and nobody


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({"nonce": "another"}, id="another nonce"),
        pytest.param({"nonce": None}, id="no nonce"),
        pytest.param({"nonce": ["x"]}, id="a nonce that is no text"),
        pytest.param({"aud": "another"}, id="another audience"),
        pytest.param({"aud": []}, id="no audience"),
        pytest.param({"aud": None}, id="no audience at all"),
        pytest.param({"aud": [CLIENT, "another"]}, id="two audiences without an authorised party"),
        pytest.param({"aud": [CLIENT, "another"], "azp": "another"}, id="another authorised party"),
        pytest.param({"azp": "another"}, id="another authorised party of one audience"),
        pytest.param({"iss": "http://127.0.0.1:1/realm"}, id="another issuer"),
        pytest.param({"iss": None}, id="no issuer"),
        pytest.param({"exp": NOW_SECONDS - 61}, id="expired"),
        pytest.param({"exp": None}, id="without an end"),
        pytest.param({"exp": "never"}, id="an end that is no number"),
        pytest.param({"iat": NOW_SECONDS + 120}, id="of the future"),
        pytest.param({"iat": None}, id="without a beginning"),
        pytest.param({"sub": None}, id="without a subject"),
        pytest.param({"sub": ""}, id="an empty subject"),
        pytest.param({"sub": "x" * 256}, id="a subject that is too long"),
        pytest.param({"sub": "8f14\x00"}, id="a subject with a null character"),
        pytest.param({"sub": {"a": 1}}, id="a subject that is no text"),
        pytest.param({"at_hash": "wrong"}, id="made for another access token"),
    ],
)
def test_a_token_is_refused_that_is(browser: Browser, claims: dict[str, Any]) -> None:
    browser.group.claims = claims
    assert is_refused(browser)


@pytest.mark.parametrize("claims", [{"exp": NOW_SECONDS - 30}, {"iat": NOW_SECONDS + 30}, {"aud": [CLIENT]}])
def test_a_clock_may_differ_by_a_minute(browser: Browser, claims: dict[str, Any]) -> None:
    browser.group.claims = claims
    assert browser.sign_in().status_code == 302


def test_a_token_without_a_signature_is_refused(browser: Browser) -> None:
    browser.group.unsigned = True
    assert is_refused(browser)


def test_a_token_signed_with_the_secret_is_refused(browser: Browser) -> None:
    browser.group.algorithm, browser.group.signing = "HS256", OctKey.import_key(SECRET, {"kid": "one"})
    assert is_refused(browser)


def test_a_token_signed_with_the_public_key_as_a_secret_is_refused(browser: Browser) -> None:
    forged = OctKey.import_key(RSA.as_bytes(private=False).hex(), {"kid": "one"})
    browser.group.algorithm, browser.group.signing = "HS256", forged
    assert is_refused(browser)


def test_a_token_signed_with_another_key_is_refused(browser: Browser) -> None:
    browser.group.signing = STRANGE
    assert is_refused(browser)


@pytest.mark.parametrize(
    "keys", [b'{"keys": []}', b'{"keys": [1]}', b'{"keys": {"kty": "RSA"}}', b'{"keys": [{"kty": "RSA"}]}', b"{}"]
)
def test_keys_that_nobody_can_read_are_refused(browser: Browser, keys: bytes) -> None:
    browser.group.answers["keys"] = (200, keys)
    assert is_refused(browser)


@pytest.mark.parametrize("token", [b"{}", b'{"id_token": 7}', b'{"id_token": "a.b"}', b'{"id_token": "..."}'])
def test_an_answer_without_a_token_is_refused(browser: Browser, token: bytes) -> None:
    browser.group.answers["token"] = (200, token)
    assert is_refused(browser)


def test_a_code_that_the_provider_does_not_know_is_refused(browser: Browser) -> None:
    address = browser.at_provider(browser.leave())
    assert browser.back(address, code="invented").status_code == 422
    assert reason() == "provider_token"


def test_a_wrong_secret_is_refused(browser: Browser, settings: Settings) -> None:
    settings.PASSERELLE_STAFF_OIDC_CLIENT_SECRET = "another"
    assert is_refused(browser)


def test_a_code_of_another_question_is_refused(browser: Browser) -> None:
    """The verifier belongs to one question: a code that was stolen from another browser does not fit."""
    stolen = browser.at_provider(browser.leave()).partition("code=")[2].partition("&")[0]
    mine = browser.at_provider(browser.leave())
    assert browser.back(mine, code=stolen).status_code == 422
    assert reason() == "provider_token"


def test_who_turns_back_at_the_provider_may_begin_again(browser: Browser) -> None:
    address = browser.at_provider(browser.leave("/en/desk/people/"))
    state = address.partition("state=")[2]
    answer = browser.client.get("/sign-in/group/callback/", {"error": "access_denied", "state": state})
    assert (answer.status_code, reason()) == (422, "provider_refused")
    assert "/en/sign-in/?next=%2Fen%2Fdesk%2Fpeople%2F" in answer.content.decode()
    assert browser.back(address).status_code == 422


@pytest.mark.parametrize(("issuer", "status"), [("theirs", 422), ("", 422), ("ours", 302)])
def test_an_answer_that_names_another_issuer_is_refused(browser: Browser, issuer: str, status: int) -> None:
    address = browser.at_provider(browser.leave())
    named = browser.group.issuer if issuer == "ours" else issuer
    assert browser.back(address, iss=named).status_code == status


def test_an_answer_names_its_issuer_where_the_provider_says_so(browser: Browser) -> None:
    browser.group.metadata["authorization_response_iss_parameter_supported"] = True
    assert is_refused(browser)


# ---------------------------------------------------------------- a provider that is away


def is_away(answer: Any) -> bool:
    noted = Diagnosis.objects.filter(reason="provider_away").first()
    if noted is not None:  # I5
        assert f"{noted.number[:4]} {noted.number[4:]}" in answer.content.decode()
    return answer.status_code == 422 and "does not answer" in answer.content.decode()


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param((503, b""), id="is down"),
        pytest.param((404, b""), id="is not there"),
        pytest.param((302, b""), id="is elsewhere"),
        pytest.param((200, b"<html>"), id="shows a page"),
        pytest.param((200, b"[" * 100_000), id="shows a maze"),
        pytest.param((200, b'{"issuer": "http://127.0.0.1/other"}'), id="is another one"),
        pytest.param((200, b" " * (calls.MOST + 1)), id="never ends"),
    ],
)
def test_a_clear_page_is_shown_when_the_provider(browser: Browser, answer: tuple[int, bytes]) -> None:
    browser.group.answers[".well-known/openid-configuration"] = answer
    page = browser.leave()
    assert is_away(page)
    assert "elsewhere" not in browser.group.calls
    assert "provider" not in browser.client.session


@pytest.mark.parametrize(
    "endpoint", ["http://elsewhere.example/", "ftp://127.0.0.1/", "file:///etc/passwd", "", None, 7]
)
def test_only_addresses_that_are_closed_are_used(browser: Browser, settings: Settings, endpoint: object) -> None:
    browser.group.metadata["token_endpoint"] = endpoint
    page = browser.leave()
    assert is_away(page) is (endpoint != "http://elsewhere.example/")


def test_a_provider_that_is_gone_is_told_of(browser: Browser, settings: Settings) -> None:
    settings.PASSERELLE_STAFF_OIDC_ISSUER = "http://127.0.0.1:9/realm"
    assert is_away(browser.leave("/en/desk/"))


@pytest.mark.parametrize("part", ["token", "keys"])
def test_a_provider_that_goes_away_half_way_is_told_of(browser: Browser, part: str) -> None:
    address = browser.at_provider(browser.leave("/en/desk/people/"))
    browser.group.answers[part] = (500, b"")
    answer = browser.back(address)
    assert is_away(answer)
    assert "/en/sign-in/?next=%2Fen%2Fdesk%2Fpeople%2F" in answer.content.decode()


def test_a_provider_that_hangs_is_left(browser: Browser, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "PATIENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        settings.PASSERELLE_STAFF_OIDC_ISSUER = f"http://127.0.0.1:{mute.getsockname()[1]}/realm"
        assert is_away(browser.leave())
