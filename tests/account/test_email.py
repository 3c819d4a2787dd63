"""Another e-mail address: both mailboxes confirm; nobody learns whose address it is (D11, decisions 9, 16)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from passerelle.accounts import actions as accounts
from passerelle.accounts.actions.email_changes import ask_email_change, confirm_email_change
from passerelle.accounts.enums import LoginState, StateReason
from passerelle.accounts.models import EmailChange, Person
from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.core.actor import SYSTEM, Actor, ActorKind
from passerelle.core.errors import Refused
from passerelle.mail import links
from passerelle.mail.models import Link, Message
from tests.conftest import NOW
from tests.entry.conftest import House, open_for, person

OLD = "paula@fournier.example"
NEW = "Paula.New@fournier.example"


def ask(house: House, email: str = NEW, client: Client | None = None) -> Any:
    return (client or house.client).post("/en/account/email/", {"email": email})


def address(purpose: str) -> str:
    link = Link.objects.get(purpose=purpose, used_at__isnull=True, superseded_at__isnull=True)
    return f"/en/account/email/{purpose.removeprefix('email_')}/{links.token(link)}/"


def press(purpose: str, answer: str = "confirm", at: str = "") -> Any:
    return Client().post(at or address(purpose), {"answer": answer})


def kinds(to: str) -> list[str]:
    return list(Message.objects.filter(to_address=to).order_by("pk").values_list("kind", flat=True))


def tags() -> list[str]:
    wanted = [Tag.EMAIL_CHANGE_ASKED, Tag.EMAIL_CHANGE_CANCELLED, Tag.EMAIL_CHANGED]
    return list(
        Event.objects.filter(tag__in=[tag.value for tag in wanted]).order_by("pk").values_list("tag", flat=True)
    )


@pytest.mark.parametrize("order", [("email_old", "email_new"), ("email_new", "email_old")])
def test_the_address_changes_when_both_mailboxes_have_confirmed(house: House, order: tuple[str, str]) -> None:
    # D11
    house.sign_in()
    assert ask(house).status_code == 302
    assert b"has not confirmed yet" in house.client.get("/en/account/email/").content
    first = press(order[0])
    assert b"This mailbox has confirmed" in first.content
    house.plsa.refresh_from_db()
    assert house.plsa.email == OLD
    second = press(order[1])
    assert b"The e-mail address has changed" in second.content
    house.plsa.refresh_from_db()
    assert (house.plsa.email, house.plsa.email_key) == (NEW, NEW.casefold())
    assert kinds(OLD) == ["accounts/email_asked", "accounts/email_changed"]
    assert kinds(NEW) == ["accounts/email_to_confirm", "accounts/email_changed"]
    assert tags() == [Tag.EMAIL_CHANGE_ASKED, Tag.EMAIL_CHANGED]
    assert house.is_in()


def test_opening_the_links_changes_nothing(house: House) -> None:
    # decision 9
    house.sign_in()
    ask(house)
    for purpose in ("email_old", "email_new"):
        for _ in range(2):
            assert Client().get(address(purpose)).status_code == 200
            assert Client().head(address(purpose)).status_code == 200
    change = EmailChange.objects.get()
    assert (change.old_confirmed_at, change.new_confirmed_at) == (None, None)


def test_each_state_of_a_link_has_its_page(house: House, clock: time_machine.Traveller) -> None:
    # decision 9
    house.sign_in()
    ask(house)
    used, superseded = address("email_old"), address("email_new")
    press("email_old")
    assert b"already been used" in Client().get(used).content
    assert press("", at=used).status_code == 200
    ask(house, "third@fournier.example")
    for answer in (Client().get(superseded), press("", at=superseded)):
        assert answer.status_code == 410
        assert b"This change has ended" in answer.content
    expired = address("email_new")
    clock.shift(timedelta(days=3, seconds=1))
    for answer in (Client().get(expired), press("", at=expired)):
        assert answer.status_code == 410
        assert b"This link has expired" in answer.content
    for token in ("x", "A" * 48, "%00", "<script>"):
        assert Client().get(f"/en/account/email/new/{token}/").status_code == 404
    # the link of one side does not open the other
    assert Client().get(used.replace("/old/", "/new/")).status_code == 404
    house.plsa.refresh_from_db()
    assert house.plsa.email == OLD


@pytest.mark.parametrize("by", ["the person", "the present mailbox"])
def test_a_change_can_be_stopped_and_its_links_end(house: House, by: str) -> None:
    house.sign_in()
    ask(house)
    new = address("email_new")
    if by == "the person":
        answer = house.client.post("/en/account/email/cancel/", follow=True)
        assert b"The change is stopped" in answer.content
        assert b"No change of address is waiting" in house.client.post("/en/account/email/cancel/", follow=True).content
    else:
        assert b"The change is stopped" in press("email_old", "stop").content
    assert Client().get(new).status_code == 410
    assert press("", at=new).status_code == 410
    assert kinds(OLD)[-1] == "accounts/email_change_cancelled"
    assert tags() == [Tag.EMAIL_CHANGE_ASKED, Tag.EMAIL_CHANGE_CANCELLED]
    house.plsa.refresh_from_db()
    assert house.plsa.email == OLD


def test_an_address_of_another_login_is_told_to_its_mailbox_alone(house: House) -> None:
    # decision 16: who asks sees the same as for a free address
    other = person("omar@fournier.example")
    house.sign_in()
    seen = {}
    for email in ("OMAR@fournier.example", "omax@fournier.example"):
        assert ask(house, email).status_code == 302
        page = house.client.get("/en/account/email/").content.decode()
        data = house.client.get("/en/account/data/download/").json()
        mails = [mail["subject"] for mail in data["messages_sent_to_you"]]
        seen[email] = (page.replace(email, "…"), sorted(set(mails)), len(mails))
        assert Link.objects.filter(purpose="email_old", superseded_at=None).count() == 1
    first, second = seen.values()
    assert _without_token(first[0]) == _without_token(second[0])
    assert first[1] == second[1]
    assert second[2] == first[2] + 1  # one mail to the present mailbox a wish, and no other
    assert kinds("OMAR@fournier.example") == ["accounts/email_in_use"]
    assert kinds("omax@fournier.example") == ["accounts/email_to_confirm"]
    other.refresh_from_db()
    assert other.email == "omar@fournier.example"
    for message in Message.objects.filter(kind__in=["accounts/email_in_use", "accounts/email_to_confirm"]):
        assert house.plsa.login not in str(message.context)
        assert not message.to_name


def _without_token(page: str) -> str:
    return "\n".join(line for line in page.splitlines() if "csrfmiddlewaretoken" not in line)


def test_an_address_taken_meanwhile_is_not_taken_twice(house: House) -> None:
    house.sign_in()
    ask(house)
    person(NEW.upper())
    press("email_old")
    answer = press("email_new")
    assert b"could not be changed" in answer.content
    house.plsa.refresh_from_db()
    assert house.plsa.email == OLD
    assert EmailChange.objects.get().cancelled_at
    assert kinds(OLD)[-1] == "accounts/email_change_cancelled"


def test_the_spelling_of_the_own_address_can_change(house: House) -> None:
    # decision 16: the registered spelling counts, so its owner can mend it
    house.sign_in()
    ask(house, "Paula@Fournier.example")
    press("email_old")
    press("email_new")
    house.plsa.refresh_from_db()
    assert house.plsa.email == "Paula@Fournier.example"


@pytest.mark.parametrize("email", ["", OLD, "paula", "a b@c.example", "a@b.example\r\nBcc: c@d.example", "a" * 300])
def test_what_is_no_new_address_is_refused_with_words(house: House, email: str) -> None:
    house.sign_in()
    assert ask(house, email).status_code == 422
    assert not EmailChange.objects.exists()


def test_nobody_floods_mailboxes_with_wishes(house: House) -> None:
    house.sign_in()
    assert [ask(house, f"p{number}@x.example").status_code for number in range(7)] == [302] * 5 + [429] * 2
    assert EmailChange.objects.filter(cancelled_at=None).count() == 1


def test_a_login_that_was_closed_meanwhile_keeps_its_address(house: House) -> None:
    house.sign_in()
    ask(house)
    press("email_old")
    accounts.change_state(
        person_id=house.plsa.pk, to=LoginState.DELETED, reason=StateReason.LEFT, actor=SYSTEM, now=NOW
    )
    assert press("email_new").status_code == 409
    assert Person.objects.get(pk=house.plsa.pk).email == OLD


def test_links_sent_to_the_former_address_end(house: House) -> None:
    house.sign_in()
    ask(house)
    recovery = _recovery_link(house.plsa)
    press("email_old")
    press("email_new")
    recovery.refresh_from_db()
    assert recovery.superseded_at


def _recovery_link(who: Person) -> Link:
    from django.db import transaction

    with transaction.atomic():
        return links.issue(
            "recovery", subject_key=who.key, recipient=who.email, expires_at=NOW + timedelta(minutes=30), now=NOW
        )


def test_a_link_of_one_person_says_nothing_of_another(house: House) -> None:
    other = person("omar@fournier.example")
    open_for(house.company, other)
    mine = Actor(ActorKind.PERSON, key=other.key, name="Omar")
    change = ask_email_change(person_id=other.pk, email="o2@x.example", actor=mine, now=NOW)
    house.sign_in()
    assert b"o2@x.example" not in house.client.get("/en/account/email/").content
    assert b"No change" in house.client.post("/en/account/email/cancel/", follow=True).content
    change.refresh_from_db()
    assert change.cancelled_at is None


def test_an_unknown_link_key_is_refused(db: None) -> None:
    with pytest.raises(Refused) as refused:
        confirm_email_change(link_key="nothing", actor=SYSTEM, now=NOW)
    assert refused.value.code == "link_unknown"
