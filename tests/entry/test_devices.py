"""Browsers that a login knows: strangers' tries never hold their owner up, and a mail makes one known (decision 14)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core import signing
from django.test import Client
from django_tasks_db.models import DBTaskResult

from passerelle.accounts import actions as accounts
from passerelle.accounts.enums import LoginState, StateReason
from passerelle.accounts.models import Person
from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.core.actor import SYSTEM, visitor
from passerelle.core.clock import now
from passerelle.entry import actions as entry
from passerelle.entry import tasks
from passerelle.limits.models import Pause
from passerelle.mail import links
from passerelle.mail.models import Link, Message
from passerelle.mail.render import render
from passerelle.portal.session import devices
from tests.conftest import NOW
from tests.entry.conftest import PASSWORD, House, open_for, person

HOUR = timedelta(hours=1)


def hammer(house: House, tries: int = 5, login: str = "") -> None:
    """Strangers who try wrong passwords from twenty addresses."""
    for number in range(tries):
        house.sign_in(login, f"guess {number}", client=Client(REMOTE_ADDR=f"198.51.100.{number % 20}"))


def cookie_of(client: Client, who: Person) -> str:
    return client.cookies[devices.cookie_name(who.login_key)].value


def device_link(house: House, client: Client) -> str:
    """Ask for the link as its owner does, let the worker work, and read the address from the mail."""
    assert client.post("/en/sign-in/device/", {"login": house.plsa.login}).status_code == 302
    tasks.send_device_link.func(house.plsa.login_key, "192.0.2.1", str(now()))
    message = Message.objects.filter(kind="entry/device").latest("pk")
    return next(word for word in render(message).text.split() if "/sign-in/device/" in word).partition("8000")[2]


def test_strangers_who_pause_a_login_never_hold_up_a_browser_that_knows_it(house: House, hashes: list[str]) -> None:
    # decision 14
    assert house.sign_in().status_code == 302
    hammer(house, 8)
    new = Client()
    assert b"paused until" in house.sign_in(client=new).content
    hashes.clear()
    assert house.sign_in().status_code == 302
    assert len(hashes) == 1
    assert Pause.objects.get(policy="sign_in").tries == 5  # the owner's success forgives strangers nothing


def test_twenty_addresses_try_at_most_twenty_passwords_an_hour_and_the_owner_enters_twenty_times(
    house: House, hashes: list[str], clock: time_machine.Traveller
) -> None:
    # security page, guessing
    assert house.sign_in().status_code == 302
    entered, tried = 0, 0
    for minute in range(60):
        hashes.clear()
        hammer(house, 4)
        tried += len(hashes) // 2
        if minute % 3 == 0:
            entered += house.sign_in().status_code == 302
        clock.shift(timedelta(minutes=1))
    assert 5 <= tried <= 20
    assert entered == 20


def test_the_owner_enters_by_link_twenty_times_of_twenty_under_attack(
    house: House, clock: time_machine.Traveller
) -> None:
    # security page, guessing
    for _ in range(20):
        hammer(house, 8)
        owner = Client()
        assert b"paused until" in house.sign_in(client=owner).content
        assert b"This browser is known now" in owner.post(device_link(house, owner)).content
        assert house.sign_in(client=owner).status_code == 302
        clock.shift(timedelta(minutes=21))


def test_a_known_browser_is_paused_by_its_own_tries_alone(house: House) -> None:
    assert house.sign_in().status_code == 302
    second = Client()
    assert house.sign_in(client=second).status_code == 302
    for _ in range(5):
        house.sign_in(password="wrong")
    assert b"paused until" in house.sign_in().content
    assert house.sign_in(client=second).status_code == 302
    assert house.sign_in(client=Client()).status_code == 302


def test_a_cookie_holds_for_one_login_one_epoch_and_its_days_only(house: House, clock: time_machine.Traveller) -> None:
    # decision 13
    assert house.sign_in().status_code == 302
    hammer(house, 6)
    other = person("other@fournier.example")
    open_for(house.company, other, plsa=False)
    theirs = Client()
    assert house.sign_in(other.login, client=theirs).status_code == 302
    name = devices.cookie_name(house.plsa.login_key)
    for value in (
        cookie_of(theirs, other),  # somebody else's
        cookie_of(house.client, house.plsa)[:-1],
        signing.dumps(["x", house.plsa.key, 1, int(NOW.timestamp())], salt="other"),
        "", "A" * 5000, "null", signing.dumps(None, salt="passerelle.device"),
        signing.dumps(["x", house.plsa.key, "one", 1e300], salt="passerelle.device"),
        signing.dumps(["x", house.plsa.key, 99, int(NOW.timestamp())], salt="passerelle.device"),
    ):  # fmt: skip
        thief = Client()
        thief.cookies[name] = value
        assert b"paused until" in house.sign_in(client=thief).content, value
    right = Client()
    right.cookies[name] = cookie_of(house.client, house.plsa)
    assert house.sign_in(client=right).status_code == 302
    clock.shift(timedelta(days=181))
    hammer(house, 6)
    assert b"paused until" in house.sign_in().content


def test_the_cookie_tells_neither_login_nor_name(house: House) -> None:
    assert house.sign_in().status_code == 302
    name = devices.cookie_name(house.plsa.login_key)
    text = f"{name} {signing.loads(cookie_of(house.client, house.plsa), salt='passerelle.device')}"
    assert house.plsa.login not in text
    cookie = house.client.cookies[name]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == 180 * 86400


def test_a_browser_of_many_people_keeps_eight_cookies(house: House, clock: time_machine.Traveller) -> None:
    people = [person(f"p{number}@fournier.example") for number in range(10)]
    for one in people:
        open_for(house.company, one, plsa=False)
        clock.shift(timedelta(seconds=5))
        assert house.sign_in(one.login).status_code == 302
        house.client.post("/en/sign-out/")
    kept = [name for name, cookie in house.client.cookies.items() if name.startswith("device_") and cookie.value]
    assert set(kept) == {devices.cookie_name(one.login_key) for one in people[2:]}


# ---------------------------------------------------------------- the link


def queued() -> int:
    return DBTaskResult.objects.filter(task_path="passerelle.entry.tasks.send_device_link").count()


@pytest.mark.parametrize("typed", ["known", "VNBDY222", "not a login", "Ω≈ç√"])
def test_asking_for_the_link_answers_the_same_whatever_was_typed(house: House, typed: str) -> None:
    login = house.plsa.login if typed == "known" else typed
    client = Client()
    answer = client.post("/en/sign-in/device/", {"login": login})
    assert (answer.status_code, answer["Location"]) == (302, "/en/sign-in/device/?sent=1")
    assert queued() == 1  # the worker looks it up: the same work here for all
    page = client.get(answer["Location"])
    assert page.status_code == 200
    assert login not in page.content.decode()
    assert not Message.objects.filter(kind="entry/device").exists()


@pytest.mark.django_db(transaction=True)
def test_the_link_can_be_asked_for_outside_a_test_too() -> None:
    """The other tests lie in a transaction of their own, which tells nothing of a page that opens none."""
    assert Client().post("/en/sign-in/device/", {"login": "VNBDY222"}).status_code == 302
    assert queued() == 1


def test_the_mail_goes_to_the_registered_address_and_says_what_was_asked_and_from_where(house: House) -> None:
    entry.send_device_link(login_key=house.plsa.login_key, actor=visitor("192.0.2.7"), now=NOW)
    message = Message.objects.get(kind="entry/device")
    assert (message.to_address, message.sensitive) == (house.plsa.email, True)
    assert "192.0.2.7" in render(message).text
    assert Event.objects.filter(tag=Tag.DEVICE_LINK_SENT, person_key=house.plsa.key).count() == 1


@pytest.mark.parametrize("state", [LoginState.SUSPENDED, LoginState.BLOCKED, LoginState.DELETED])
def test_a_login_that_may_not_be_used_gets_no_link(house: House, state: LoginState) -> None:
    accounts.change_state(person_id=house.plsa.pk, to=state, reason=StateReason.BY_ASSISTANCE, actor=SYSTEM, now=NOW)
    entry.send_device_link(login_key=house.plsa.login_key, actor=visitor(), now=NOW)
    assert not Link.objects.exists()


def test_a_login_blocked_by_a_former_password_gets_the_link_that_lifts_it(house: House) -> None:
    entry.block_for_former_password(person_id=house.plsa.pk, actor=visitor(), now=NOW)
    entry.send_device_link(login_key=house.plsa.login_key, actor=visitor(), now=NOW)
    assert [link.purpose for link in Link.objects.all()] == ["lift", "lift"]


def test_a_mailbox_is_not_flooded_and_always_holds_a_link_that_works(
    house: House, clock: time_machine.Traveller
) -> None:
    answers = [Client().post("/en/sign-in/device/", {"login": house.plsa.login}) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [302, 302, 302, 422, 422]
    assert b"This was asked too often" in answers[-1].content
    unknown = [Client().post("/en/sign-in/device/", {"login": "VNBDY222"}) for _ in range(4)]
    assert unknown[-1].status_code == 422  # counted on what was typed
    entry.send_device_link(login_key=house.plsa.login_key, actor=visitor(), now=NOW)
    link = Link.objects.latest("pk")
    assert link.expires_at > NOW + HOUR


def test_opening_the_link_spends_nothing_and_its_button_works_once(house: House) -> None:
    # decision 9
    owner = Client()
    address = device_link(house, owner)
    for _ in range(3):
        assert owner.get(address).status_code == 200
    assert not Event.objects.filter(tag=Tag.DEVICE_KNOWN).exists()
    assert owner.post(address).status_code == 200
    assert Event.objects.filter(tag=Tag.DEVICE_KNOWN).count() == 1
    thief = Client()
    again = thief.post(address)
    assert b"This link has already been used" in again.content
    assert devices.cookie_name(house.plsa.login_key) not in thief.cookies
    before = Person.objects.get(pk=house.plsa.pk)
    assert (before.password, before.credential_epoch) == (house.plsa.password, house.plsa.credential_epoch)
    assert house.is_in(Client()) is False  # it is no sign-in


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_owner_is_told_that_a_browser_was_made_known_by_the_link(house: House, language: str) -> None:
    # decision 14: whoever reads the mailbox leaves a trace in it
    Person.objects.update(language=language)
    browser = Client(REMOTE_ADDR="192.0.2.77")
    address = device_link(house, browser)
    browser.get(address)
    assert not Message.objects.filter(kind="entry/device_known").exists()
    browser.post(address)
    browser.post(address)
    notice = Message.objects.get(kind="entry/device_known")
    assert (notice.to_address, notice.link, notice.language) == (house.plsa.email, None, language)
    mail = render(notice)
    for text in (mail.text, mail.html):
        assert "192.0.2.77" in text
        assert "/sign-in/device/" not in text


def test_the_states_of_the_link(house: House, clock: time_machine.Traveller) -> None:
    owner = Client()
    first = device_link(house, owner)
    second = device_link(house, owner)
    assert b"A newer e-mail was sent" in owner.get(first).content
    clock.shift(2 * HOUR)
    expired = owner.get(second)
    assert expired.status_code == 410
    assert b"Ask for a new link" in expired.content
    assert owner.post(second).status_code == 410
    third = device_link(house, owner)
    accounts.change_state(
        person_id=house.plsa.pk, to=LoginState.SUSPENDED, reason=StateReason.BY_PLSA, actor=SYSTEM, now=NOW
    )
    assert b"not open at present" in owner.post(third).content
    assert owner.get("/en/sign-in/device/nothing/").status_code == 404


def test_links_of_sign_in_are_not_interchangeable(house: House) -> None:
    entry.send_device_link(login_key=house.plsa.login_key, actor=visitor(), now=NOW)
    token = links.token(Link.objects.get())
    for page in ("sign-in/lift", "password/choose"):
        assert Client().post(f"/en/{page}/{token}/", {"password": PASSWORD}).status_code == 404
