"""A fresh proof through the group's own provider, for who signed in through it (decision 3, D11)."""

from __future__ import annotations

import html
from datetime import timedelta

import pytest
import time_machine

from passerelle import brand
from passerelle.accounts import actions as accounts
from passerelle.accounts.models import Person
from passerelle.core.actor import SYSTEM
from passerelle.entry.models import Diagnosis
from tests.conftest import NOW
from tests.entry.conftest import PASSWORD
from tests.factors.conftest import authenticator
from tests.provider.conftest import Browser, staff

DANGEROUS = "/en/account/sessions/"
CONFIRM = "account/confirm/group/"


@pytest.fixture
def later(browser: Browser, clock: time_machine.Traveller) -> Browser:
    """Signed in through the provider, so long ago that the proof is no longer fresh."""
    browser.sign_in()
    browser.group.signed_in_at = int(NOW.timestamp())
    clock.shift(timedelta(minutes=brand.current().policies.fresh_proof_minutes + 2))
    answer = browser.client.get(DANGEROUS)
    assert answer["Location"] == "/en/account/confirm/?next=%2Fen%2Faccount%2Fsessions%2F"
    return browser


def test_the_provider_asks_again_and_the_act_goes_on(later: Browser) -> None:
    page = later.client.get("/en/account/confirm/", {"next": DANGEROUS}).content.decode()
    assert 'action="/en/account/confirm/group/"' in page
    assert f'name="next" value="{DANGEROUS}"' in page
    assert 'name="password"' not in page  # there is none
    left = later.leave(DANGEROUS, CONFIRM)
    assert "prompt=login&max_age=0" in html.unescape(left.content.decode())
    answer = later.back(later.at_provider(left))
    assert (answer.status_code, answer["Location"]) == (302, DANGEROUS)
    assert later.client.get(DANGEROUS).status_code == 200
    assert later.client.session["factor"] == "provider"


@pytest.mark.parametrize("auth_time", ["old", None, True, "now", -5, 10**20])
def test_an_answer_without_a_new_sign_in_proves_nothing(later: Browser, auth_time: object) -> None:
    later.group.asks_again = False
    if auth_time != "old":
        later.group.claims = {"auth_time": auth_time}
    answer = later.back(later.at_provider(later.leave(DANGEROUS, CONFIRM)))
    assert answer.status_code == 422
    assert Diagnosis.objects.latest("pk").reason in {"provider_stale", "provider_token"}
    assert "/en/account/confirm/?next=%2Fen%2Faccount%2Fsessions%2F" in answer.content.decode()
    assert later.client.get(DANGEROUS).status_code == 302


def test_another_account_proves_nothing(later: Browser) -> None:
    staff("bea@group.example", "Bea")
    later.group.account.subject, later.group.account.email = "bea", "bea@group.example"
    assert later.back(later.at_provider(later.leave(DANGEROUS, CONFIRM))).status_code == 422
    assert Diagnosis.objects.latest("pk").reason == "provider_other"
    assert later.client.get(DANGEROUS).status_code == 302


def test_the_answer_to_a_sign_in_is_no_proof_for_another_session(later: Browser) -> None:
    address = later.at_provider(later.leave(DANGEROUS, CONFIRM))
    later.client.logout()
    assert later.back(address).status_code == 422
    assert "_auth_user_id" not in later.client.session


def test_who_signed_in_with_a_password_proves_with_it(browser: Browser, ada: Person) -> None:
    accounts.set_password(person_id=ada.pk, password=PASSWORD, actor=SYSTEM, now=NOW)
    browser.client.post("/en/sign-in/", {"login": ada.login, "password": PASSWORD})
    assert browser.is_in()
    page = browser.client.get("/en/account/confirm/").content.decode()
    assert "confirm/group/" not in page
    assert 'name="password"' in page
    assert browser.leave("", CONFIRM)["Location"] == "/en/account/confirm/"
    assert not browser.group.calls


def test_strangers_are_asked_to_sign_in(browser: Browser) -> None:
    assert browser.leave("", CONFIRM)["Location"].startswith("/en/sign-in/")


def test_losing_a_second_factor_leaves_the_providers_word(browser: Browser, ada: Person) -> None:
    kit = authenticator(ada)
    browser.sign_in()
    key = kit.person.second_factors.get().key
    answer = browser.client.post(f"/en/account/second-factor/{key}/remove/")
    assert answer.status_code == 302
    assert not ada.second_factors.exists()
    assert browser.client.session["factor"] == "provider"
