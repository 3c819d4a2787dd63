"""Writes on passwords.

No hash is computed while a lock is held: it would keep everybody waiting who wants the same row, and on SQLite
everybody who writes. So a password is prepared first, without a lock, and kept under it; when the stored hashes it was
held against have changed in between, it is prepared anew.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

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

T = TypeVar("T")


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


@dataclass(frozen=True, slots=True)
class Prepared:
    """A new password that has been held against the rules and hashed, for the stored hashes in `seen` only.

    `is_former` tells whether it is the password that a temporary one stands in for.
    """

    text: str
    encoded: str
    is_former: bool
    seen: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Temporary:
    """A random password, and its hash."""

    text: str
    encoded: str


class Overtaken(Exception):
    """Another password was kept since this one was prepared."""


def set_password(*, person_id: int, password: str, actor: Actor, now: datetime, device: str = "") -> Person:
    """Set a new password and end every session of the login (D6). The first one activates the login.

    Of every later one its owner is told by mail; `device` is the browser it came from. Refuses `password` with the fact
    `faults` (see rules.password_faults), and `login_closed` unless it is active.
    """
    return with_prepared(
        lambda ready: keep_password(person_id=person_id, ready=ready, device=device, actor=actor, now=now),
        person=Person.objects.get(pk=person_id),
        password=password,
    )


def change_password(
    *, person_id: int, password: str, current: str | None, keep: str, device: str, actor: Actor, now: datetime
) -> Changed:
    """Set a new password by its owner in a session, whose key is `keep`: that one is left out of those it ended.

    `current` is the present password, or None when the door holds a fresh proof of it. Refuses `wrong_password` (field
    `current_password`), and what `set_password` refuses.
    """
    return with_prepared(
        lambda ready: _change(person_id, ready, keep, device, actor, now),
        person=Person.objects.get(pk=person_id),
        password=password,
        current=current,
    )


def with_prepared(act: Callable[[Prepared], T], *, person: Person, password: str, current: str | None = None) -> T:
    """Prepare a password, then let `act` keep it; anew when another was kept in between.

    Each time somebody else was quicker, so it ends. Call it outside a transaction. Refuses what `set_password` refuses,
    and `wrong_password` when `current` is given and not the present one.
    """
    while True:
        ready = _prepared(person, password, current)
        try:
            return act(ready)
        except Overtaken:
            person = Person.objects.get(pk=person.pk)


@transaction.atomic
def keep_password(*, person_id: int, ready: Prepared, actor: Actor, now: datetime, device: str = "") -> Person:
    """Set a prepared password, as `set_password` says: for an action with a lock and checks of its own. Raises
    `Overtaken` when another password was kept since."""
    person = lock(person_id)
    _set(person, ready, device=device, actor=actor, now=now)
    return person


@transaction.atomic
def _change(person_id: int, ready: Prepared, keep: str, device: str, actor: Actor, now: datetime) -> Changed:
    person = lock(person_id)
    others = [row for row in living_sessions(person, now) if row.session_key != keep]
    _set(person, ready, device=device, actor=actor, now=now, ended=len(others))
    return Changed(person, tuple(EndedSession(row.device, row.last_seen_at or now) for row in others))


def _prepared(person: Person, password: str, current: str | None) -> Prepared:
    """All the hashing that keeping a password takes, and every refusal that can be told by now."""
    if current is not None and not check_password(normal_password(current), person.password):
        raise Refused("wrong_password", field="current_password")
    _refuse(person, password, same=None)
    text = normal_password(password)
    stands_in = person.temporary_until is not None or not person.has_usable_password()
    is_former = stands_in and bool(person.previous_password) and check_password(text, person.previous_password)
    return Prepared(text, make_password(text), is_former, _hashes(person))


def _refuse(person: Person, password: str, *, same: bool | None) -> None:
    if person.state != LoginState.ACTIVE:
        raise Refused("login_closed")
    has_factor = SecondFactor.objects.filter(person=person).exists()
    if faults := password_faults(password, person, has_factor=has_factor, same=same):
        raise Refused("password", field="new_password", faults=faults, has_factor=has_factor)


def _hashes(person: Person) -> tuple[str, str]:
    return person.password, person.previous_password


def _set(person: Person, ready: Prepared, *, device: str, actor: Actor, now: datetime, ended: int = 0) -> None:
    if _hashes(person) != ready.seen:
        raise Overtaken
    _refuse(person, ready.text, same=False)  # the state, the names and the factors may have changed too
    is_first = person.activated_at is None
    if person.temporary_until is None and person.has_usable_password():
        person.previous_password, person.previous_password_at = person.password, now
    elif ready.is_former:
        # Back to the password that a temporary one stood in for: it is the present one, and no former one.
        person.previous_password, person.previous_password_at = "", None
    person.password = ready.encoded
    person.password_changed_at = now
    person.activated_at = person.activated_at or now
    person.must_change_since = person.temporary_until = person.expiry_reminded_days = None
    person.credential_epoch += 1
    person.save()
    end_sessions(person)
    record(Tag.PASSWORD_SET, actor=actor, now=now, subject_key=person.key, person_key=person.key)
    if not is_first:
        mails.password_changed(person, device=device, ended=ended, actor=actor, now=now)


def new_temporary() -> Temporary:
    """A random password with its hash: made before the lock under which `make_temporary` keeps it."""
    groups = ("".join(secrets.choice(READABLE.lower()) for _ in range(_GROUP)) for _ in range(_GROUPS))
    text = "-".join(groups)
    return Temporary(text, make_password(text))


@transaction.atomic
def make_temporary(*, person_id: int, made: Temporary, actor: Actor, now: datetime) -> Person:
    """Replace a password by a random one that opens one sign-in within `recovery_minutes` and must be changed at once
    (decision 16). The text of `made` is kept nowhere: the caller mails it, and nobody else sees it.

    Every session ends. The forgotten password stays the former one (D7). Refuses `login_closed` unless it is active.
    """
    person = lock(person_id)
    if person.state != LoginState.ACTIVE:
        raise Refused("login_closed")
    if person.temporary_until is None and person.has_usable_password():
        person.previous_password, person.previous_password_at = person.password, now
    person.password = made.encoded
    person.password_changed_at = person.must_change_since = now
    person.temporary_until = now + timedelta(minutes=brand.current().policies.recovery_minutes)
    person.expiry_reminded_days = None
    person.credential_epoch += 1
    person.save()
    end_sessions(person)
    record(Tag.PASSWORD_MADE_TEMPORARY, actor=actor, now=now, subject_key=person.key, person_key=person.key)
    return person


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
