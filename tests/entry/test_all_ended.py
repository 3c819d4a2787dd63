"""Ending all sessions of a login ends what is under way too: a second step, a session written a moment later (D11)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.test import Client

from passerelle.accounts.actions.sessions import end_other_sessions, end_session
from passerelle.accounts.models import Person, Session
from passerelle.accounts.rules.sessions import session_handle
from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.core import clock as time
from passerelle.core.actor import SYSTEM, Actor, ActorKind
from passerelle.core.powers import Role
from passerelle.entry.actions import people as acts
from passerelle.mail.models import Message
from passerelle.portal.session import enter
from tests.conftest import NOW
from tests.entry.conftest import PASSWORD, House, open_for, person
from tests.factors.conftest import Kit, authenticator

OFFICER = Actor(ActorKind.STAFF, key="officer", name="Olga", roles=frozenset({Role.ASSISTANCE}))
SECOND_STEP = "/en/sign-in/second-factor/"


def end_all(house: House, **more: Any) -> int:
    return end_other_sessions(person_id=house.plsa.pk, actor=OFFICER, now=time.now(), **more)


@pytest.fixture
def kit(house: House, clock: time_machine.Traveller) -> Kit:
    """A second factor, and a browser that waits before it."""
    made = authenticator(house.plsa)
    clock.shift(timedelta(minutes=1))
    assert house.sign_in()["Location"] == SECOND_STEP
    clock.shift(timedelta(seconds=5))
    return made


def refused_at_the_second_step(house: House, kit: Kit) -> None:
    answer = house.client.post(SECOND_STEP, {"code": kit.code(time.now())})
    assert answer["Location"] == "/en/sign-in/"
    assert not house.is_in()
    assert not Session.objects.filter(person=house.plsa).exists()
    assert not Event.objects.filter(tag=Tag.SIGNED_IN).exists()


def test_a_second_step_ends_with_all_sessions(house: House, kit: Kit, clock: time_machine.Traveller) -> None:
    assert end_all(house) == 0
    assert not Event.objects.filter(tag=Tag.SESSIONS_ENDED).exists()  # nothing was open, and nobody is told
    assert not Message.objects.filter(kind="accounts/sessions_ended").exists()
    refused_at_the_second_step(house, kit)
    clock.shift(timedelta(seconds=30))
    assert house.sign_in()["Location"] == SECOND_STEP
    house.client.post(SECOND_STEP, {"code": kit.code(time.now())})
    assert house.is_in()  # begun anew, it goes on


def test_a_second_step_ends_when_its_owner_ends_all_others(house: House, clock: time_machine.Traveller) -> None:
    mine, other = Client(), person("second@fournier.example")
    open_for(house.company, other, plsa=False)
    made = authenticator(house.plsa)
    clock.shift(timedelta(minutes=1))
    house.sign_in(client=mine)
    mine.post(SECOND_STEP, {"code": made.code(time.now())})
    assert house.is_in(mine)
    clock.shift(timedelta(minutes=1))
    house.sign_in()
    clock.shift(timedelta(seconds=5))
    mine.post("/en/account/sessions/end-others/")
    answer = house.client.post(SECOND_STEP, {"code": made.code(time.now())})
    assert answer["Location"] == "/en/sign-in/"
    assert not house.is_in()
    clock.shift(timedelta(minutes=1))
    assert house.is_in(mine)


def test_a_second_step_ends_when_the_assistance_ends_all(house: House, kit: Kit) -> None:
    acts.end_sessions(person_key=house.plsa.key, actor=OFFICER, now=time.now())
    refused_at_the_second_step(house, kit)


def test_a_second_step_ends_when_a_plsa_ends_all(house: House, kit: Kit) -> None:
    other = person("petra@fournier.example")
    open_for(house.company, other)
    plsa = Actor(ActorKind.PERSON, key=other.key, name="Petra")
    acts.end_sessions(person_key=house.plsa.key, company_key=house.company.key, actor=plsa, now=time.now())
    refused_at_the_second_step(house, kit)


def test_a_second_step_goes_on_when_the_sessions_for_one_company_of_several_end(house: House, kit: Kit) -> None:
    end_all(house, company_key=house.company.key, of_company_only=True)
    house.client.post(SECOND_STEP, {"code": kit.code(time.now())})
    assert house.is_in()


def test_a_page_of_the_second_step_leads_back_to_the_first(house: House, kit: Kit) -> None:
    end_all(house)
    answer = house.client.get(SECOND_STEP)
    assert answer["Location"] == "/en/sign-in/"
    assert house.client.post("/en/sign-in/second-factor/passkey/").status_code in {404, 410}


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Callable[[], object]], None]:
    """Let something happen once, just before a function of a sign-in."""

    def between(name: str, act: Callable[[], object]) -> None:
        real = getattr(enter, name)

        def late(*arguments: Any, **more: Any) -> Any:
            act()
            return real(*arguments, **more)

        monkeypatch.setattr(enter, name, late)

    return between


def test_a_second_step_ends_after_its_last_look_too(
    house: House, kit: Kit, meanwhile: Callable[[str, Callable[[], object]], None]
) -> None:
    meanwhile("_enter", lambda: end_all(house))
    answer = house.client.post(SECOND_STEP, {"code": kit.code(time.now())})
    assert answer["Location"].startswith("/en/sign-in/?")
    assert not house.is_in()
    assert not Event.objects.filter(tag=Tag.SIGNED_IN).exists()


def test_a_session_written_after_all_were_ended_lets_nobody_in(
    house: House, meanwhile: Callable[[str, Callable[[], object]], None]
) -> None:
    # The sign-in is kept, its row comes with the answer: in between all sessions end.
    meanwhile("login", lambda: end_all(house))
    assert house.sign_in().status_code == 302
    assert Session.objects.filter(person=house.plsa).count() == 1
    assert not house.is_in()


def test_a_faster_sign_in_on_a_machine_whose_clock_is_ahead_ends_too(house: House) -> None:
    house.sign_in()
    Person.objects.update(last_sign_in_at=NOW + timedelta(seconds=2))
    Session.objects.all().delete()  # its row is not written yet
    end_all(house)
    assert Person.objects.get().sessions_ended_at == NOW + timedelta(seconds=2)


def test_the_session_that_is_kept_goes_on_through_a_second_ending(house: House, clock: time_machine.Traveller) -> None:
    house.sign_in()
    clock.shift(timedelta(minutes=1))
    for _ in range(2):
        house.client.post("/en/account/sessions/end-others/")
        clock.shift(timedelta(minutes=1))
        assert house.is_in()
    end_all(house)
    assert not house.is_in()


# ---------------------------------------------------------------- while an answer is under way


@pytest.fixture
def before_saving(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Let something happen once, after the view and before its session is written."""

    def between(act: Callable[[], object]) -> None:
        real = DatabaseStore.save
        done: list[bool] = []

        def late(self: DatabaseStore, must_create: bool = False) -> None:
            if not done:
                done.append(True)
                act()
            real(self, must_create)

        monkeypatch.setattr(DatabaseStore, "save", late)

    return between


def handle_of(house: House) -> str:
    return session_handle(house.client.cookies["session"].value)


@pytest.mark.parametrize("one", [True, False])
def test_a_session_ended_while_its_page_is_made_is_not_written_again(
    house: House, clock: time_machine.Traveller, before_saving: Callable[[Callable[[], object]], None], one: bool
) -> None:
    house.sign_in()
    clock.shift(timedelta(minutes=2))  # so that the instant last seen is written
    handle = handle_of(house)
    if one:
        before_saving(lambda: end_session(person_id=house.plsa.pk, handle=handle, actor=SYSTEM, now=time.now()))
    else:
        before_saving(lambda: end_all(house))
    answer = house.client.get("/en/home/?a=1")
    assert (answer.status_code, answer["Location"]) == (302, "/en/home/?a=1")
    assert not Session.objects.filter(person=house.plsa).exists()
    answer = house.client.get(answer["Location"])
    assert answer["Location"] == "/en/sign-in/?next=%2Fen%2Fhome%2F%3Fa%3D1"
    assert b"Your session has ended." in house.client.get(answer["Location"]).content


def test_a_part_of_a_page_leads_the_window_to_it(
    house: House, clock: time_machine.Traveller, before_saving: Callable[[Callable[[], object]], None]
) -> None:
    house.sign_in()
    clock.shift(timedelta(minutes=2))
    before_saving(lambda: end_all(house))
    answer = house.client.get("/en/home/", headers={"hx-request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/en/home/")


def test_a_form_whose_session_ended_meanwhile_leads_to_its_page(
    house: House, clock: time_machine.Traveller, before_saving: Callable[[Callable[[], object]], None]
) -> None:
    house.sign_in()
    clock.shift(timedelta(minutes=2))
    before_saving(lambda: end_all(house))
    answer = house.client.post(
        "/en/account/sessions/end/", {"session": "x"}, headers={"referer": "http://testserver/en/account/sessions/"}
    )
    assert (answer.status_code, answer["Location"]) == (302, "/en/account/sessions/")
    assert not house.is_in()


def test_a_request_that_cannot_be_read_is_still_told_so(house: House) -> None:
    answer = house.client.post("/en/sign-in/", {f"f{number}": "x" for number in range(1100)})
    assert answer.status_code == 400
    assert PASSWORD not in answer.content.decode()
