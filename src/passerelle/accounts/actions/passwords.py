"""Writes on passwords."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from passerelle import brand
from passerelle.accounts.actions.states import end_sessions, lock
from passerelle.accounts.enums import LoginState
from passerelle.accounts.mails import passwords as mails
from passerelle.accounts.models import Person, SecondFactor
from passerelle.accounts.queries import living_sessions
from passerelle.accounts.rules import may_sign_in_with, normal_password, password_faults
from passerelle.audit.record import record
from passerelle.audit.tags import Tag
from passerelle.core.actor import Actor
from passerelle.core.errors import Refused
from passerelle.core.keys import READABLE

# A one-time password is four groups of five: 99 bits, copied or typed from a mail.
_GROUPS, _GROUP = 4, 5


@dataclass(frozen=True, slots=True)
class EndedSession:
    """A session that a new password ended, as its owner knows it again."""

    device: str
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class Changed:
    """A password was changed by its owner: the person anew, and the other sessions it ended, last used first."""

    person: Person
    ended: tuple[EndedSession, ...]


@transaction.atomic
def set_password(*, person_id: int, password: str, actor: Actor, now: datetime, device: str = "") -> Person:
    """Set a new password and end every session of the login (D6). The first one activates the login.

    Of every later one its owner is told by mail; `device` is the browser it came from. Refuses `password` with the fact
    `faults` (see rules.password_faults), and `login_closed` unless it is active.
    """
    person = lock(person_id)
    _set(person, password, device=device, actor=actor, now=now)
    return person


@transaction.atomic
def change_password(
    *, person_id: int, password: str, current: str | None, keep: str, device: str, actor: Actor, now: datetime
) -> Changed:
    """Set a new password by its owner in a session, whose key is `keep`: that one is left out of those it ended.

    `current` is the present password, or None when the door holds a fresh proof of it. Refuses `wrong_password` (field
    `current_password`), and what `set_password` refuses.
    """
    person = lock(person_id)
    if current is not None and not person.check_password(normal_password(current)):
        raise Refused("wrong_password", field="current_password")
    others = [row for row in living_sessions(person, now) if row.session_key != keep]
    _set(person, password, device=device, actor=actor, now=now, ended=len(others))
    return Changed(person, tuple(EndedSession(row.device, row.last_seen_at or now) for row in others))


def _set(person: Person, password: str, *, device: str, actor: Actor, now: datetime, ended: int = 0) -> None:
    if person.state != LoginState.ACTIVE:
        raise Refused("login_closed")
    has_factor = SecondFactor.objects.filter(person=person).exists()
    if faults := password_faults(password, person, has_factor=has_factor):
        raise Refused("password", field="new_password", faults=faults, has_factor=has_factor)
    text, is_first = normal_password(password), person.activated_at is None
    if person.temporary_until is None and person.has_usable_password():
        person.previous_password, person.previous_password_at = person.password, now
    elif person.previous_password and check_password(text, person.previous_password):
        # Back to the password that a temporary one stood in for: it is the present one, and no former one.
        person.previous_password, person.previous_password_at = "", None
    person.password = make_password(text)
    person.password_changed_at = now
    person.activated_at = person.activated_at or now
    person.must_change_since = person.temporary_until = person.expiry_reminded_days = None
    person.credential_epoch += 1
    person.save()
    end_sessions(person)
    record(Tag.PASSWORD_SET, actor=actor, now=now, subject_key=person.key, person_key=person.key)
    if not is_first:
        mails.password_changed(person, device=device, ended=ended, actor=actor, now=now)


@transaction.atomic
def make_temporary(*, person_id: int, actor: Actor, now: datetime) -> tuple[Person, str]:
    """Replace a password by a random one that opens one sign-in within `recovery_minutes` and must be changed at once
    (decision 16). The second value is the password, kept nowhere: the caller mails it, and nobody else sees it.

    Every session ends. The forgotten password stays the former one (D7). Refuses `login_closed` unless it is active.
    """
    person = lock(person_id)
    if person.state != LoginState.ACTIVE:
        raise Refused("login_closed")
    groups = ("".join(secrets.choice(READABLE.lower()) for _ in range(_GROUP)) for _ in range(_GROUPS))
    text = "-".join(groups)
    if person.temporary_until is None and person.has_usable_password():
        person.previous_password, person.previous_password_at = person.password, now
    person.password = make_password(text)
    person.password_changed_at = person.must_change_since = now
    person.temporary_until = now + timedelta(minutes=brand.current().policies.recovery_minutes)
    person.expiry_reminded_days = None
    person.credential_epoch += 1
    person.save()
    end_sessions(person)
    record(Tag.PASSWORD_MADE_TEMPORARY, actor=actor, now=now, subject_key=person.key, person_key=person.key)
    return person, text


@transaction.atomic
def spend_temporary(*, person_id: int, actor: Actor, now: datetime) -> Person:
    """Use a temporary password up, as the sign-in with it succeeds: of two at once one wins, and it opens no second.

    Refuses `temporary_password_ended` when it was used or its time is over. A password of one's own is left alone.
    """
    person = lock(person_id)
    if person.temporary_until is None:
        return person
    if not may_sign_in_with(person, now=now):
        raise Refused("temporary_password_ended")
    person.temporary_until = now
    person.save(update_fields=["temporary_until"])
    return person


@transaction.atomic
def forget_former_passwords(*, actor: Actor, now: datetime) -> int:
    """Forget the previous passwords that are older than `former_password_days`; answers how many there were."""
    since = now - timedelta(days=brand.current().policies.former_password_days)
    return Person.objects.filter(previous_password_at__lte=since).update(
        previous_password="", previous_password_at=None
    )
