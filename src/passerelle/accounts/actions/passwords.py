"""Writes on passwords."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction

from passerelle.accounts.actions.states import end_sessions, lock
from passerelle.accounts.enums import LoginState
from passerelle.accounts.models import Person
from passerelle.accounts.rules import normal_password, password_faults
from passerelle.audit.record import record
from passerelle.audit.tags import Tag
from passerelle.core.actor import Actor
from passerelle.core.errors import Refused


@transaction.atomic
def set_password(*, person_id: int, password: str, actor: Actor, now: datetime) -> Person:
    """Set a new password and end every session of the login (D6). The first one activates the login.

    Refuses `password` with the fact `faults` (see rules.password_faults), and `login_closed` unless it is active.
    """
    person = lock(person_id)
    if person.state != LoginState.ACTIVE:
        raise Refused("login_closed")
    faults = password_faults(password, person)
    if faults:
        raise Refused("password", field="password", faults=faults)
    if person.has_usable_password():
        person.previous_password, person.previous_password_at = person.password, now
    person.password = make_password(normal_password(password))
    person.password_changed_at = now
    person.activated_at = person.activated_at or now
    person.credential_epoch += 1
    person.save()
    end_sessions(person)
    record(Tag.PASSWORD_SET, actor=actor, now=now, subject_key=person.key, person_key=person.key)
    return person
