"""A former password: a stranger who types it blocks, the owner's browser gets words, a stale cookie costs nothing."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from passerelle import brand
from passerelle.accounts import actions as accounts
from passerelle.accounts.enums import LoginState, StateReason
from passerelle.accounts.models import Person, Session
from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.core.actor import SYSTEM
from passerelle.entry import actions as entry
from passerelle.limits.models import Pause
from passerelle.mail import links
from passerelle.mail.models import Link, Message
from passerelle.mail.render import render
from passerelle.portal.session import devices
from tests import cast
from tests.conftest import NOW
from tests.entry.conftest import PASSWORD, House, open_for, person
from tests.entry.test_answers import plain

FRESH = "nine green lamps hum"
STRANGER = "192.0.2.66"


def stranger() -> Client:
    return Client(REMOTE_ADDR=STRANGER)


def change(house: House) -> None:
    accounts.set_password(person_id=house.plsa.pk, password=FRESH, actor=SYSTEM, now=NOW)


def state(house: House) -> tuple[str, str]:
    found = Person.objects.get(pk=house.plsa.pk)
    return found.state, found.state_reason


def known_browser(house: House) -> Client:
    """A browser in which the owner signed in after the change."""
    client = Client()
    assert house.sign_in(password=FRESH, client=client).status_code == 302
    client.post("/en/sign-out/")
    return client


def told() -> list[tuple[str, str]]:
    """The mails that a block has sent: kind and address."""
    found = Message.objects.filter(kind__startswith="entry/").values_list("kind", "to_address")
    return sorted(found)


def lift_link() -> Link:
    return Link.objects.filter(purpose="lift").latest("pk")


def lift_address(language: str = "en") -> str:
    return f"/{language}/sign-in/lift/{links.token(lift_link())}/"


def policy(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    house = brand.current()
    changed = house.model_copy(update={"policies": house.policies.model_copy(update={"former_password": value})})
    monkeypatch.setattr(brand, "current", lambda: changed)


def test_one_attempt_of_a_stranger_blocks_and_the_page_tells_nothing(house: House, hashes: list[str]) -> None:
    # D7
    change(house)
    assert house.sign_in(password=FRESH).status_code == 302
    hashes.clear()
    former = house.sign_in(client=stranger())
    assert len(hashes) == 2
    assert state(house) == (LoginState.BLOCKED, StateReason.FORMER_PASSWORD)
    assert not Session.objects.filter(person=house.plsa).exists()
    other = person("other@fournier.example")
    open_for(house.company, other, plsa=False)
    wrong = house.sign_in(other.login, "wrong", client=stranger())
    assert former.status_code == wrong.status_code == 422
    assert plain(former.content, house.plsa.login) == plain(wrong.content, other.login)
    assert house.sign_in(password=FRESH, client=Client()).status_code == 422


def test_the_owner_and_the_plsas_are_told_each_once(house: House) -> None:
    # D7
    colleague = person("colleague@fournier.example")
    open_for(house.company, colleague)
    second = cast.company(NOW, cofor="EF34GH", name="Second")
    open_for(second, house.plsa, plsa=False)
    open_for(second, colleague)
    change(house)
    house.sign_in(client=stranger())
    house.sign_in(client=stranger())
    assert told() == [("entry/blocked", house.plsa.email), ("entry/blocked_colleague", colleague.email)]
    owner = render(Message.objects.get(kind="entry/blocked"))
    assert STRANGER in owner.text
    assert "/en/sign-in/lift/" in owner.text
    other = render(Message.objects.get(kind="entry/blocked_colleague"))
    assert house.plsa.login in other.text
    assert "/sign-in/lift/" not in other.text
    assert [event.address for event in Event.objects.filter(tag=Tag.LIFT_LINK_SENT)] == [STRANGER]


def test_a_hundred_replays_on_a_known_device_block_nothing_and_are_told_in_words(
    house: House, clock: time_machine.Traveller
) -> None:
    # decision 13
    change(house)
    client = known_browser(house)
    first = house.sign_in(client=client)
    assert b"This is your previous password. Type the one you chose on 2 March 2026" in first.content
    for _ in range(99):
        clock.shift(timedelta(minutes=16))
        house.sign_in(client=client)
    assert state(house) == (LoginState.ACTIVE, "")
    assert not told()
    clock.shift(timedelta(minutes=16))
    assert house.sign_in(password=FRESH, client=client).status_code == 302
    house.sign_in(client=stranger())
    assert state(house)[0] == LoginState.BLOCKED


def test_a_stale_cookie_after_a_password_change_never_costs_anyone_their_account(house: House) -> None:
    # D6, decision 15: what ancestors of this portal are hated for
    browsers = [Client() for _ in range(100)]
    for client in browsers[:3]:
        assert house.sign_in(client=client).status_code == 302
    cookies = [client.cookies for client in browsers[:3]]
    change(house)
    before = Event.objects.count()
    for number, client in enumerate(browsers):
        client.cookies = cookies[number % 3]
        answer = client.get("/en/home/")
        assert answer.status_code == 302
        assert answer["Location"].startswith("/en/sign-in/")
        assert b"paused until" not in client.get("/en/sign-in/").content
        client.post("/en/home/company/", {"company": house.company.key})
    assert state(house) == (LoginState.ACTIVE, "")
    assert not Pause.objects.exists()
    assert not told()
    assert Event.objects.count() == before
    assert house.sign_in(password=FRESH, client=browsers[0]).status_code == 302


def test_a_browser_known_before_the_change_is_a_stranger_after_it(house: House) -> None:
    # decision 13: a known device is voided by the credential epoch
    assert house.sign_in().status_code == 302
    house.client.post("/en/sign-out/")
    change(house)
    house.sign_in()
    assert state(house)[0] == LoginState.BLOCKED


def test_after_ninety_days_a_former_password_is_a_wrong_one(house: House, clock: time_machine.Traveller) -> None:
    change(house)
    clock.shift(timedelta(days=90))
    assert house.sign_in(client=stranger()).status_code == 422
    assert state(house)[0] == LoginState.ACTIVE


def test_only_the_previous_password_counts_not_those_before_it(house: House) -> None:
    change(house)
    accounts.set_password(person_id=house.plsa.pk, password="four white kites climb", actor=SYSTEM, now=NOW)
    house.sign_in(client=stranger())
    assert state(house)[0] == LoginState.ACTIVE
    house.sign_in(password=FRESH, client=stranger())
    assert state(house)[0] == LoginState.BLOCKED


@pytest.mark.parametrize(("value", "known", "blocked"), [("block", True, True), ("off", False, False)])
def test_the_brand_decides_what_a_former_password_does(
    house: House, monkeypatch: pytest.MonkeyPatch, value: str, known: bool, blocked: bool
) -> None:
    change(house)
    client = known_browser(house) if known else stranger()
    policy(monkeypatch, value)
    answer = house.sign_in(client=client)
    assert (state(house)[0] == LoginState.BLOCKED) is blocked
    assert b"previous password" not in answer.content
    assert b"B2B login or password not recognised" in answer.content


def test_a_suspension_is_never_turned_into_a_block_that_its_owner_could_lift(house: House) -> None:
    # D3: each state is lifted by those the table names
    change(house)
    accounts.change_state(
        person_id=house.plsa.pk, to=LoginState.SUSPENDED, reason=StateReason.BY_ASSISTANCE, actor=SYSTEM, now=NOW
    )
    house.sign_in(client=stranger())
    assert state(house) == (LoginState.SUSPENDED, StateReason.BY_ASSISTANCE)
    assert not entry.block_for_former_password(person_id=house.plsa.pk, actor=SYSTEM, now=NOW)
    assert not Link.objects.filter(purpose="lift").exists()


# ---------------------------------------------------------------- lifting


@pytest.fixture
def blocked(house: House) -> House:
    change(house)
    house.sign_in(client=stranger())
    assert state(house)[0] == LoginState.BLOCKED
    return house


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_owner_lifts_the_block_by_the_link_and_the_current_password(blocked: House, language: str) -> None:
    # D7, decision 13
    address, owner = lift_address(language), Client()
    assert owner.get(address).status_code == 200
    assert owner.get(address).status_code == 200  # opening spends nothing
    assert state(blocked)[0] == LoginState.BLOCKED
    for wrong in ("not it", PASSWORD):  # the former password lifts nothing
        assert owner.post(address, {"password": wrong}).status_code == 422
    assert state(blocked)[0] == LoginState.BLOCKED
    done = owner.post(address, {"password": FRESH})
    assert done.status_code == 200
    assert state(blocked) == (LoginState.ACTIVE, "")
    cookie = owner.cookies[devices.cookie_name(blocked.plsa.login_key)]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    # The browser is known now: the former password brings words there, no block.
    words = blocked.sign_in(client=owner)
    assert b"previous password" in words.content
    assert state(blocked)[0] == LoginState.ACTIVE
    assert blocked.sign_in(password=FRESH, client=owner).status_code == 302
    again = Client().get(address)
    assert again.status_code == 200
    assert b"already" in again.content or "déjà".encode() in again.content


def test_an_expired_link_sends_a_new_one_to_the_same_address_by_one_button(
    blocked: House, clock: time_machine.Traveller
) -> None:
    old = lift_address()
    clock.shift(timedelta(days=7))
    page = Client().get(old)
    assert page.status_code == 410
    assert b"Send a new link to the same address" in page.content
    assert Client().post(old, {"password": FRESH}).status_code == 410
    assert state(blocked)[0] == LoginState.BLOCKED
    assert b"Look into your mailbox" in Client().post(old, {"again": "1"}).content
    assert b"A newer e-mail was sent" in Client().post(old, {"again": "1"}).content
    assert Message.objects.filter(kind="entry/blocked").count() == 2
    assert lift_address() != old
    assert Client().post(lift_address(), {"password": FRESH}).status_code == 200
    assert state(blocked)[0] == LoginState.ACTIVE


def test_a_link_whose_block_was_lifted_by_others_says_so(blocked: House) -> None:
    address = lift_address()
    accounts.change_state(person_id=blocked.plsa.pk, to=LoginState.ACTIVE, actor=SYSTEM, now=NOW)
    for answer in (Client().get(address), Client().post(address, {"password": FRESH})):
        assert answer.status_code == 200
        assert b"This has been settled already" in answer.content
    assert devices.cookie_name(blocked.plsa.login_key) not in answer.cookies


def test_a_link_nobody_wrote_and_one_of_another_purpose_open_nothing(blocked: House) -> None:
    token = links.token(lift_link())
    for broken in (token[:-1], "x" * 48, token.swapcase(), f"{token[:22]}{'a' * 26}"):
        assert Client().get(f"/en/sign-in/lift/{broken}/").status_code == 404
    assert Client().post(f"/en/sign-in/device/{token}/").status_code == 404
    assert state(blocked)[0] == LoginState.BLOCKED


def test_passwords_tried_on_the_link_are_paused_too(blocked: House, hashes: list[str]) -> None:
    address = lift_address()
    hashes.clear()
    answers = [Client().post(address, {"password": f"wrong {n}"}) for n in range(8)]
    assert len(hashes) == 10
    assert b"Sign-in is paused until" in answers[-1].content
    # Strangers at the sign-in page hold nobody up here: the lane is the link's own.
    assert Pause.objects.filter(policy="sign_in_lift").count() == 1


def test_a_block_for_another_reason_is_not_lifted_by_a_link(blocked: House) -> None:
    address = lift_address()
    accounts.change_state(person_id=blocked.plsa.pk, to=LoginState.ACTIVE, actor=SYSTEM, now=NOW)
    accounts.change_state(
        person_id=blocked.plsa.pk, to=LoginState.BLOCKED, reason=StateReason.STOLEN, actor=SYSTEM, now=NOW
    )
    assert b"settled" in Client().post(address, {"password": FRESH}).content
    assert state(blocked) == (LoginState.BLOCKED, StateReason.STOLEN)


def test_the_trail_says_what_happened_and_never_a_password(blocked: House) -> None:
    Client().post(lift_address(), {"password": FRESH})
    moves = [(e.actor_kind, e.new) for e in Event.objects.filter(tag=Tag.LOGIN_STATE_CHANGED).order_by("pk")]
    assert [(kind, new["state"]) for kind, new in moves] == [("visitor", "blocked"), ("link", "active")]
    text = str([(e.old, e.new, e.actor_name) for e in Event.objects.all()])
    for secret in (PASSWORD, FRESH, links.token(lift_link())):
        assert secret not in text


def test_the_pages_work_in_both_languages_without_a_script(blocked: House) -> None:
    for language in ("en", "fr"):
        html: Any = Client().get(lift_address(language)).content.decode()
        form = re.search(r'<form id="lift".*?</form>', html, re.S)
        assert form
        assert 'method="post"' in form.group()
        assert "<script" not in form.group()


# ---------------------------------------------------------------- the words, under either policy


def test_what_is_told_of_a_block_is_true_whatever_browser_it_was(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    # D7: under this policy a browser that the login knows blocks as well
    colleague = person("colleague@fournier.example")
    open_for(house.company, colleague)
    change(house)
    client = known_browser(house)
    policy(monkeypatch, "block")
    house.sign_in(client=client)
    assert state(house) == (LoginState.BLOCKED, StateReason.FORMER_PASSWORD)
    texts = [str(StateReason.FORMER_PASSWORD.label), client.get(lift_address()).content.decode()]
    for kind in ("entry/blocked", "entry/blocked_colleague"):
        mail = render(Message.objects.get(kind=kind))
        assert "former password was typed." in mail.text
        texts += [mail.text, mail.html]
    for text in texts:
        assert "former password was typed" in text
        assert not re.search(r"does not know\.|unknown|browser that it", text)


def test_a_used_link_of_a_login_blocked_anew_says_that_the_newest_mail_counts(blocked: House) -> None:
    old = lift_address()
    assert Client().post(old, {"password": FRESH}).status_code == 200
    assert b"The block was lifted with it" in Client().get(old).content
    blocked.sign_in(client=stranger())
    assert state(blocked)[0] == LoginState.BLOCKED
    for answer in (Client().get(old), Client().post(old, {"password": FRESH})):
        assert answer.status_code == 200
        page = answer.content.decode()
        assert page.count("Your login is blocked again") == 2
        assert "use the link in the newest e-mail" in page
        assert "was lifted with it" not in page
    assert state(blocked)[0] == LoginState.BLOCKED
    assert Client().post(lift_address(), {"password": FRESH}).status_code == 200
    assert state(blocked)[0] == LoginState.ACTIVE


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_owner_is_told_that_the_block_was_lifted_by_the_link(blocked: House, language: str) -> None:
    # D7: whoever reads the mailbox leaves a trace in it
    Person.objects.update(language=language)
    owner = Client(REMOTE_ADDR="192.0.2.77")
    owner.post(lift_address(), {"password": "not it"})
    assert not Message.objects.filter(kind="entry/block_lifted").exists()
    owner.post(lift_address(), {"password": FRESH})
    owner.post(lift_address(), {"password": FRESH})
    notice = Message.objects.get(kind="entry/block_lifted")
    assert (notice.to_address, notice.link, notice.language) == (blocked.plsa.email, None, language)
    mail = render(notice)
    for text in (mail.text, mail.html):
        assert all(fact in text for fact in (blocked.plsa.login[:4], "192.0.2.77"))
        assert "/sign-in/lift/" not in text


def test_a_block_that_others_lift_is_not_told_as_the_owner_s_own(blocked: House) -> None:
    accounts.change_state(person_id=blocked.plsa.pk, to=LoginState.ACTIVE, actor=SYSTEM, now=NOW)
    assert not Message.objects.filter(kind="entry/block_lifted").exists()
