"""Staff sign in through the group's own OpenID provider (decision 3)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from passerelle import brand
from passerelle.accounts import actions as accounts
from passerelle.accounts.enums import LoginState, StateReason
from passerelle.accounts.models import Person, ProviderIdentity
from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.core.actor import SYSTEM
from passerelle.entry.models import Diagnosis
from passerelle.mail.models import Message
from tests.conftest import NOW
from tests.entry.conftest import House
from tests.provider.conftest import Browser, staff
from tests.provider.server import EC, Provider


def reason() -> str:
    """Why the last try was refused, as the Assistance reads it."""
    found = Diagnosis.objects.latest("pk")
    assert found.door == "provider"
    event = Event.objects.filter(tag=Tag.SIGN_IN_REFUSED).latest("pk")
    assert event.new["reason"] == found.reason
    return found.reason


def test_a_member_of_staff_enters_and_is_linked(browser: Browser, ada: Person) -> None:
    answer = browser.sign_in()
    assert (answer.status_code, answer["Location"]) == (302, "/en/desk/")
    assert browser.is_in()
    linked = ProviderIdentity.objects.get()
    assert (linked.person, linked.issuer, linked.subject) == (ada, browser.group.issuer, "8f14e45f")
    assert Event.objects.get(tag=Tag.IDENTITY_LINKED).person_key == ada.key
    assert Event.objects.get(tag=Tag.SIGNED_IN).new["factor"] == "provider"
    assert browser.client.session["factor"] == "provider"
    assert Message.objects.get(kind="accounts/identity_linked").to_address == ada.email  # a security notice


def test_the_link_holds_when_the_address_changes_at_the_provider(browser: Browser) -> None:
    browser.sign_in()
    browser.client.post("/en/sign-out/")
    assert not browser.is_in()
    browser.group.account.email, browser.group.account.email_verified = "ada.summer@group.example", False
    assert browser.sign_in()["Location"] == "/en/desk/"
    assert ProviderIdentity.objects.count() == 1


def test_keys_of_elliptic_curves_count_too(browser: Browser) -> None:
    browser.group.algorithm, browser.group.signing = "ES256", EC
    assert browser.sign_in()["Location"] == "/en/desk/"


def test_a_provider_that_wants_the_secret_in_the_form_gets_it(browser: Browser) -> None:
    browser.group.metadata["token_endpoint_auth_methods_supported"] = ["client_secret_post"]
    assert browser.sign_in()["Location"] == "/en/desk/"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_deep_link_and_the_language_survive(browser: Browser, language: str) -> None:
    browser.language = language
    wanted = f"/{language}/desk/companies/?text=a%26b"
    page = browser.client.get(f"/{language}/sign-in/?next=%2F{language}%2Fdesk%2Fcompanies%2F%3Ftext%3Da%2526b")
    assert f'action="/{language}/sign-in/group/"' in page.content.decode()
    assert page.content.decode().count(f'name="next" value="{wanted}"') == 2
    assert browser.sign_in(wanted)["Location"] == wanted


def test_a_link_to_another_site_leads_home(browser: Browser) -> None:
    assert browser.sign_in("https://elsewhere.example/")["Location"] == "/en/desk/"


def test_without_the_settings_there_is_no_button_and_no_address(client: Client, db: None) -> None:
    assert "sign-in/group" not in client.get("/en/sign-in/").content.decode()
    for address in ("/en/sign-in/group/", "/fr/sign-in/group/", "/sign-in/group/callback/?state=x&code=y"):
        assert client.get(address).status_code == 404
    assert client.post("/en/sign-in/group/").status_code == 404


def test_only_a_form_of_ours_sends_to_the_provider(browser: Browser) -> None:
    page = browser.client.get("/en/sign-in/group/?next=/en/desk/")
    assert (page.status_code, page["Location"]) == (302, "/en/sign-in/?next=%2Fen%2Fdesk%2F")
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/en/sign-in/group/").status_code == 403
    assert not browser.group.calls


def test_the_pages_are_never_stored(browser: Browser) -> None:
    page = browser.leave()
    assert "no-store" in page["Cache-Control"]
    assert "no-store" in browser.back(browser.at_provider(page))["Cache-Control"]


def test_the_form_policy_stays_closed(browser: Browser) -> None:
    assert "form-action 'self'" in browser.leave()["Content-Security-Policy"]


# ---------------------------------------------------------------- gates


def test_the_provider_counts_as_the_second_factor(browser: Browser, settings: Settings) -> None:
    settings.PASSERELLE_BRAND = brand.load("brassac", {})
    assert brand.current().policies.second_factor == "required"
    assert browser.sign_in()["Location"] == "/en/desk/"
    assert browser.is_in()


def test_the_age_of_a_password_is_no_question(browser: Browser, ada: Person) -> None:
    long_ago = NOW - timedelta(days=3000)
    Person.objects.filter(pk=ada.pk).update(password_changed_at=long_ago, must_change_since=long_ago)
    browser.sign_in()
    assert browser.is_in()


def test_a_temporary_password_is_not_used_up(browser: Browser, ada: Person) -> None:
    until = NOW + timedelta(days=1)
    Person.objects.filter(pk=ada.pk).update(must_change_since=NOW, temporary_until=until)
    browser.sign_in()
    ada.refresh_from_db()
    assert (browser.is_in(), ada.temporary_until) == (True, until)


def test_who_is_suspended_afterwards_is_out_at_once(browser: Browser, ada: Person) -> None:
    browser.sign_in()
    suspend(ada)
    assert browser.client.get("/en/desk/").status_code == 302


# ---------------------------------------------------------------- who does not enter


def suspend(person: Person) -> None:
    accounts.change_state(
        person_id=person.pk, to=LoginState.SUSPENDED, reason=StateReason.BY_ASSISTANCE, actor=SYSTEM, now=NOW
    )


@pytest.mark.parametrize("linked", [True, False])
def test_a_suspended_member_of_staff_does_not_enter(browser: Browser, ada: Person, linked: bool) -> None:
    if linked:
        browser.sign_in()
    suspend(ada)
    browser.client.logout()
    assert browser.sign_in().status_code == 422
    assert (reason(), ProviderIdentity.objects.count()) == ("login_suspended", int(linked))
    assert Diagnosis.objects.get().person_key == ada.key


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_address_that_is_not_verified_opens_nothing(browser: Browser, verified: object) -> None:
    browser.group.account.email_verified = verified
    assert browser.sign_in().status_code == 422
    assert (reason(), ProviderIdentity.objects.exists()) == ("provider_unverified", False)


def test_a_suppliers_login_never_enters_this_way(browser: Browser, house: House) -> None:
    browser.group.account.email = house.plsa.email
    assert browser.sign_in().status_code == 422
    assert (reason(), ProviderIdentity.objects.exists()) == ("provider_unknown", False)
    assert Diagnosis.objects.get().person_key == ""
    # Not even if a link to it stood in the table.
    ProviderIdentity.objects.create(
        person=house.plsa, issuer=browser.group.issuer, subject=browser.group.account.subject, created_at=NOW
    )
    assert browser.sign_in().status_code == 422
    assert "_auth_user_id" not in browser.client.session


@pytest.mark.parametrize(
    "email", ["", "nobody@group.example", "ada@group.example.evil.example", "ａda@group.example", "ada@group.example\0"]
)
def test_nobody_is_created_or_taken_for_somebody_else(browser: Browser, email: str) -> None:
    browser.group.account.email = email
    before = Person.objects.count()
    assert browser.sign_in().status_code == 422
    assert (reason(), Person.objects.count()) == ("provider_unknown", before)


def test_another_subject_with_the_same_address_does_not_enter(browser: Browser, ada: Person) -> None:
    browser.sign_in()
    browser.client.logout()
    browser.group.account.subject = "somebody new with Ada's old address"
    assert browser.sign_in().status_code == 422
    assert (reason(), ProviderIdentity.objects.get().subject) == ("provider_changed", "8f14e45f")
    accounts.forget_identity(person_id=ada.pk, actor=SYSTEM, now=NOW)
    assert Event.objects.get(tag=Tag.IDENTITY_FORGOTTEN).person_key == ada.key
    assert browser.sign_in().status_code == 302


def test_the_subject_of_one_person_never_leads_to_another(browser: Browser, ada: Person) -> None:
    browser.sign_in()
    browser.client.logout()
    staff("bea@group.example", "Bea")
    browser.group.account.email = "bea@group.example"
    browser.sign_in()
    assert browser.client.session["_auth_user_id"] == str(ada.pk)


def test_everybody_else_gets_one_page_with_a_number(browser: Browser, ada: Person, house: House) -> None:
    pages = set()
    for email, verified in (("nobody@group.example", True), (house.plsa.email, True), (ada.email, False)):
        browser.group.account.email, browser.group.account.email_verified = email, verified
        text = browser.sign_in().content.decode()
        number = Diagnosis.objects.latest("pk").number
        shown = f"{number[:4]} {number[4:]}"
        assert shown in text.replace("\xa0", " ")
        pages.add(text.replace("\xa0", " ").replace(shown, "NUMBER"))
    assert len(pages) == 1


# ---------------------------------------------------------------- states


def test_an_answer_counts_once(browser: Browser) -> None:
    address = browser.at_provider(browser.leave())
    browser.back(address)
    browser.client.logout()
    answer = browser.back(address)
    assert answer.status_code == 422
    assert "_auth_user_id" not in browser.client.session


def test_an_answer_of_another_browser_does_not_count(browser: Browser, client: Client) -> None:
    address = browser.at_provider(browser.leave())
    other = Browser(Client(), browser.group)
    assert other.back(address).status_code == 422
    other.leave()
    assert other.back(address).status_code == 422
    assert "_auth_user_id" not in other.client.session
    assert browser.back(address).status_code == 302


@pytest.mark.parametrize("state", ["", "x", "é" * 50, "\0"])
def test_an_invented_state_does_not_count_and_spoils_nothing(browser: Browser, state: str) -> None:
    address = browser.at_provider(browser.leave())
    assert browser.back(address, state=state).status_code == 422
    assert browser.back(address).status_code == 302


def test_an_answer_counts_ten_minutes(browser: Browser, clock: time_machine.Traveller) -> None:
    address = browser.at_provider(browser.leave())
    clock.shift(timedelta(minutes=10, seconds=1))
    assert browser.back(address).status_code == 422
    assert not browser.is_in()


def test_going_there_is_limited(browser: Browser, settings: Settings) -> None:
    settings.PASSERELLE_LIMITS = {**settings.PASSERELLE_LIMITS, "provider_address": "2/h"}
    assert [browser.leave().status_code for _ in range(3)] == [200, 200, 429]


def test_a_sign_in_that_was_not_tried_has_a_number_too(browser: Browser, settings: Settings) -> None:
    # I5: one a network and hour, however often the page is called
    settings.PASSERELLE_LIMITS = {**settings.PASSERELLE_LIMITS, "provider_address": "2/h"}
    for _ in range(2):
        browser.leave()
    for answer in [browser.leave(), browser.leave()]:
        assert reason() == "provider_often"
        assert f"{Diagnosis.objects.get().number[:4]} {Diagnosis.objects.get().number[4:]}" in answer.content.decode()
    for number in range(30):
        client = Client(REMOTE_ADDR=f"2001:db8::{number:x}")
        invented = client.get("/sign-in/group/callback/", {"state": f"invented {number}", "code": "x"})
    assert reason() == "provider_ended"
    ended = Diagnosis.objects.get(reason="provider_ended")
    assert f"{ended.number[:4]} {ended.number[4:]}" in invented.content.decode()
    assert (ended.login_key, ended.person_key, ended.address) == ("", "", "2001:db8::/64")
    assert Diagnosis.objects.count() == 2


def test_the_provider_is_asked_for_its_addresses_once(browser: Browser, group: Provider) -> None:
    for _ in range(3):
        browser.leave()
    assert group.calls == [".well-known/openid-configuration"]
