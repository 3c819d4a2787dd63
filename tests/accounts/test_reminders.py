"""The clock reminds of a password's end, warns the owners of unused logins, and suspends those (D5, E4)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.hashers import make_password

from passerelle.accounts.actions import change_state, create_login, reminders
from passerelle.accounts.enums import FactorKind, LoginState, PersonKind, StateReason
from passerelle.accounts.mails import reminders as mails
from passerelle.accounts.models import Person, SecondFactor
from passerelle.accounts.tasks import mind_the_calendar
from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.core.actor import SYSTEM
from passerelle.mail.models import Message
from passerelle.mail.render import render

pytestmark = pytest.mark.django_db


def someone(now: datetime, *, changed_days: float = 0, used_days: float | None = None, **more: object) -> Person:
    """A person whose password is so many days old, and who signed in so many days ago."""
    made = create_login(
        first_name="Tina", last_name="Test", email=f"tina{Person.objects.count()}@fournier.example", language="fr",
        actor=SYSTEM, now=now - timedelta(days=400), kind=more.pop("kind", PersonKind.SUPPLIER),  # type: ignore[arg-type]
    )  # fmt: skip
    facts = {
        "password": make_password("a password of some length"),
        "activated_at": now - timedelta(days=399),
        "password_changed_at": now - timedelta(days=changed_days),
        "last_sign_in_at": None if used_days is None else now - timedelta(days=used_days),
    }
    Person.objects.filter(pk=made.pk).update(**(facts | more))
    return Person.objects.get(pk=made.pk)


def kinds() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("kind", flat=True))


@pytest.mark.parametrize(
    ("age", "told"),
    [(164, None), (165, 15), (170, 10), (173, 7), (178, 2), (179, 1), (179.9, 1), (180, None), (200, None)],
)
def test_the_end_of_a_password_is_announced_in_days(age: float, told: int | None, now: datetime) -> None:
    # D5
    someone(now, changed_days=age)
    assert reminders.remind_of_passwords(now=now) == (told is not None)
    assert [message.context["days"] for message in Message.objects.all()] == ([] if told is None else [told])


def test_each_stage_is_told_once_and_an_outage_repeats_nothing(now: datetime) -> None:
    someone(now, changed_days=0)
    told = []
    for day in (165, 165.5, 166, 172, 173, 173.2, 179.4, 179.8, 181):
        if reminders.remind_of_passwords(now=now + timedelta(days=day)):
            told.append(day)
    assert told == [165, 173, 179.4]
    assert kinds() == ["accounts/password_ends"] * 3
    assert Event.objects.filter(tag=Tag.PASSWORD_EXPIRY_REMINDED).count() == 3
    late = someone(now, changed_days=0)
    Message.objects.all().delete()
    assert reminders.remind_of_passwords(now=now + timedelta(days=179.5)) == 1, "one mail after an outage, the latest"
    assert Message.objects.get().person_key == late.key


def test_a_password_that_never_ends_is_not_announced(now: datetime) -> None:
    # decision 12: never with a passkey or an authenticator
    holder = someone(now, changed_days=170)
    SecondFactor.objects.create(
        person=holder, kind=FactorKind.AUTHENTICATOR, name="x", secret="sealed", created_at=now
    )  # fmt: skip
    forced = someone(now, changed_days=170, must_change_since=now)
    gone = someone(now, changed_days=170)
    change_state(person_id=gone.pk, to=LoginState.DELETED, reason=StateReason.LEFT, actor=SYSTEM, now=now)
    assert forced.must_change_since
    assert reminders.remind_of_passwords(now=now) == 0
    assert kinds() == []


def test_an_unused_login_is_warned_then_suspended(now: datetime) -> None:
    # E4
    person = someone(now, used_days=59)
    assert reminders.mind_unused(now=now) == 0
    assert reminders.mind_unused(now=now + timedelta(days=1)) == 1
    assert reminders.mind_unused(now=now + timedelta(days=2)) == 0
    assert reminders.mind_unused(now=now + timedelta(days=30)) == 0
    assert reminders.mind_unused(now=now + timedelta(days=31)) == 1
    person.refresh_from_db()
    assert (person.state, person.state_reason) == (LoginState.SUSPENDED, StateReason.UNUSED)
    assert kinds() == ["accounts/login_unused", "accounts/login_suspended"]
    assert Event.objects.filter(tag=Tag.UNUSED_WARNED, person_key=person.key).count() == 1
    assert reminders.mind_unused(now=now + timedelta(days=60)) == 0


def test_nobody_is_suspended_without_a_warning_and_its_days(now: datetime) -> None:
    person = someone(now, used_days=300)
    assert reminders.mind_unused(now=now) == 1
    assert reminders.mind_unused(now=now + timedelta(days=29)) == 0
    announced = Message.objects.get().context["suspended_at"]
    assert announced.startswith((now + timedelta(days=30)).date().isoformat())
    assert reminders.mind_unused(now=now + timedelta(days=30)) == 1
    person.refresh_from_db()
    assert person.state == LoginState.SUSPENDED


def test_a_sign_in_takes_the_warning_back(now: datetime) -> None:
    person = someone(now, used_days=61)
    assert reminders.mind_unused(now=now) == 1
    Person.objects.filter(pk=person.pk).update(last_sign_in_at=now + timedelta(days=1))
    assert reminders.mind_unused(now=now + timedelta(days=40)) == 0
    assert reminders.mind_unused(now=now + timedelta(days=61)) == 1
    person.refresh_from_db()
    assert person.state == LoginState.ACTIVE
    assert kinds() == ["accounts/login_unused"] * 2


def test_a_lifted_login_has_its_days_again(now: datetime) -> None:
    # D3, E4: or the next night would suspend it once more
    person = someone(now, used_days=300)
    reminders.mind_unused(now=now)
    reminders.mind_unused(now=now + timedelta(days=30))
    lifted = now + timedelta(days=40)
    change_state(person_id=person.pk, to=LoginState.ACTIVE, actor=SYSTEM, now=lifted)
    assert reminders.mind_unused(now=lifted + timedelta(days=59)) == 0
    assert reminders.mind_unused(now=lifted + timedelta(days=60)) == 1
    person.refresh_from_db()
    assert person.state == LoginState.ACTIVE


def test_staff_and_people_without_a_password_are_left_alone(now: datetime) -> None:
    someone(now, used_days=300, kind=PersonKind.STAFF)
    someone(now, used_days=None, activated_at=None)
    assert reminders.mind_unused(now=now) == 0


def test_one_who_never_signed_in_counts_from_the_activation(now: datetime) -> None:
    someone(now, activated_at=now - timedelta(days=60))
    assert reminders.mind_unused(now=now) == 1


@pytest.mark.parametrize("used", [61, 300])
def test_the_mails_say_it_in_the_reader_s_language(used: int, now: datetime) -> None:
    someone(now, used_days=used, changed_days=179)
    reminders.mind_unused(now=now)
    reminders.remind_of_passwords(now=now)
    for message in Message.objects.all():
        mail = render(message)
        assert "identifiant" in mail.subject or "Votre mot de passe" in mail.subject
        assert "{{" not in mail.text + mail.html


def test_a_person_whose_mail_fails_stops_no_other_and_the_task_fails(now: datetime, monkeypatch: Any) -> None:
    # D5, E4
    people = [someone(now, changed_days=170, used_days=70) for _ in range(3)]
    send = mails.password_ends

    def failing(person: Person, **facts: Any) -> Message:
        if person.pk == people[0].pk:
            raise ValueError("no template")
        return send(person, **facts)

    monkeypatch.setattr(mails, "password_ends", failing)
    with time_machine.travel(now, tick=False), pytest.raises(ExceptionGroup) as failed:
        mind_the_calendar.call()
    assert failed.group_contains(ValueError, match="no template")
    told = Message.objects.filter(kind="accounts/password_ends").values_list("person_key", flat=True)
    assert set(told) == {people[1].key, people[2].key}
    assert Message.objects.filter(kind="accounts/login_unused").count() == 3
    assert Event.objects.filter(tag=Tag.PASSWORD_EXPIRY_REMINDED).count() == 2
    monkeypatch.undo()
    assert reminders.remind_of_passwords(now=now) == 1, "who failed is told on the next day"
