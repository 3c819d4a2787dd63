"""Races of what a person does with their own account. A scene makes its own people and asserts what came of it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from passerelle import brand
from passerelle.accounts import actions as accounts
from passerelle.accounts.actions.email_changes import (
    ask_email_change,
    ask_email_change_for,
    carry_out_email_change,
    confirm_email_change,
    stop_email_change,
)
from passerelle.accounts.actions.sessions import end_other_sessions
from passerelle.accounts.models import EmailChange, Person, Session
from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.core.actor import SYSTEM
from passerelle.core.errors import Refused
from passerelle.entry.actions.drafts import keep_draft, take_draft
from passerelle.entry.models import Draft
from passerelle.mail.models import Link, Message
from tests import cast
from tests.races.company import NOW, numbers
from tests.races.play import RACERS, race, winners


def _person() -> Person:
    return accounts.create_login(
        first_name="Paula", last_name="Plsa", email=f"p{next(numbers)}@race.example", language="en", actor=SYSTEM,
        now=NOW,
    )  # fmt: skip


def _key(change: EmailChange, purpose: str) -> str:
    return Link.objects.get(purpose=purpose, subject_key=change.key).key


def _confirm(key: str) -> Any:
    return lambda: confirm_email_change(link_key=key, actor=cast.VISITOR, now=NOW)


def _codes(results: list[Any]) -> Counter[str]:
    return Counter(result.code for result in results if isinstance(result, Refused))


def both_mailboxes_pressed_at_once_change_an_address_once() -> None:
    # D11
    for _ in range(4):
        person, wanted = _person(), f"new{next(numbers)}@race.example"
        change = ask_email_change(person_id=person.pk, email=wanted, actor=SYSTEM, now=NOW)
        old, new = _confirm(_key(change, "email_old")), _confirm(_key(change, "email_new"))
        results = race(old, new, times=RACERS // 2)
        assert len(winners(results)) == 2
        assert _codes(results) == {"link_used": RACERS - 2}
        person.refresh_from_db()
        assert person.email == wanted
        assert Event.objects.filter(tag=Tag.EMAIL_CHANGED.value, person_key=person.key).count() == 1
        assert Message.objects.filter(kind="accounts/email_changed", person_key=person.key).count() == 2


def an_address_that_two_take_at_once_goes_to_one_of_them() -> None:
    # decision 16
    for _ in range(4):
        people, wanted = [_person(), _person()], f"wanted{next(numbers)}@race.example"
        changes = [ask_email_change(person_id=p.pk, email=wanted, actor=SYSTEM, now=NOW) for p in people]
        for change in changes:
            _confirm(_key(change, "email_old"))()
        results = race(*(_confirm(_key(change, "email_new")) for change in changes))
        assert len(winners(results)) == 2  # nobody meets an error: the second is told that it was not possible
        assert Person.objects.filter(email=wanted).count() == 1
        ends = [(bool(c.done_at), bool(c.cancelled_at)) for c in EmailChange.objects.filter(email=wanted)]
        assert sorted(ends) == [(False, True), (True, False)]


def a_new_login_against_a_change_to_its_address_leaves_one_owner() -> None:
    for _ in range(4):
        person, wanted = _person(), f"both{next(numbers)}@race.example"
        change = ask_email_change(person_id=person.pk, email=wanted, actor=SYSTEM, now=NOW)
        _confirm(_key(change, "email_old"))()
        race(
            _confirm(_key(change, "email_new")),
            lambda wanted=wanted: accounts.create_login(
                first_name="A", last_name="B", email=wanted.upper(), language="en", actor=SYSTEM, now=NOW
            ),
        )
        assert Person.objects.filter(email_key=wanted).count() == 1


def wishes_for_addresses_at_once_leave_one_that_waits() -> None:
    person = _person()
    race(
        *(
            lambda n=n: ask_email_change(
                person_id=person.pk, email=f"w{n}.{person.pk}@race.example", actor=SYSTEM, now=NOW
            )
            for n in range(RACERS // 2)
        )
    )
    assert EmailChange.objects.filter(person=person, cancelled_at=None).count() == 1
    living = Link.objects.filter(recipient=person.email, superseded_at=None, used_at=None, purpose="email_old")
    assert living.count() == 1


def a_change_that_is_stopped_as_its_hours_end_is_either_in_force_or_stopped() -> None:
    # ADR 0020
    for _ in range(4):
        person, wanted = _person(), f"lost{next(numbers)}@race.example"
        asked = NOW - timedelta(hours=brand.current().policies.email_change_hours)
        change = ask_email_change_for(person_id=person.pk, email=wanted, note="Why.", actor=SYSTEM, now=asked)
        stop, key = _key(change, "email_old"), change.key
        EmailChange.objects.filter(pk=change.pk).update(new_confirmed_at=asked)
        results = race(
            lambda stop=stop: stop_email_change(link_key=stop, actor=cast.VISITOR, now=NOW),
            lambda key=key: carry_out_email_change(change_key=key, actor=SYSTEM, now=NOW),
            times=RACERS // 2,
        )
        assert len(winners(results)) == 1
        change.refresh_from_db()
        person.refresh_from_db()
        assert bool(change.done_at) is not bool(change.cancelled_at)
        assert (person.email == wanted) is bool(change.done_at)
        ends = [Tag.EMAIL_CHANGED.value, Tag.EMAIL_CHANGE_CANCELLED.value]
        assert Event.objects.filter(tag__in=ends, person_key=person.key).count() == 1


def what_was_typed_is_taken_once() -> None:
    draft = keep_draft(path="account/", fields=[("a", "b")], person_key="p", actor=SYSTEM, now=NOW)
    results = race(
        lambda: take_draft(keys=[draft.key], path="account/", person_key="p", actor=SYSTEM, now=NOW), times=RACERS
    )
    assert sum(result is not None for result in results) == 1
    assert not Draft.objects.filter(pk=draft.pk).exists()


def sessions_ended_by_several_at_once_are_told_of_once() -> None:
    person = _person()
    for _ in range(3):
        Session.objects.create(
            session_key=f"{next(numbers):032d}", session_data="", person=person, expire_date=NOW + timedelta(hours=1)
        )
    results = race(lambda: end_other_sessions(person_id=person.pk, actor=SYSTEM, now=NOW), times=4)
    assert sorted(results) == [0, 0, 0, 3]
    assert Event.objects.filter(tag=Tag.SESSIONS_ENDED.value, person_key=person.key).count() == 1
    assert Message.objects.filter(kind="accounts/sessions_ended", person_key=person.key).count() == 1
