"""Writes on what a person tells of themselves: names, phone, language."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from passerelle.accounts.actions.states import lock
from passerelle.accounts.enums import LoginState
from passerelle.accounts.models import Person
from passerelle.audit.record import record
from passerelle.audit.tags import Tag
from passerelle.core.actor import Actor
from passerelle.core.errors import Refused


def _change(person: Person, values: dict[str, str], *, actor: Actor, now: datetime) -> None:
    """Set the columns that differ, with their line of the trail; nothing at all if none does."""
    old = {name: getattr(person, name) for name, value in values.items() if getattr(person, name) != value}
    if not old:
        return
    for name in old:
        setattr(person, name, values[name])
    person.save(update_fields=list(old))
    record(
        Tag.PERSON_CHANGED, actor=actor, now=now, subject_key=person.key, person_key=person.key,
        old=old, new={name: values[name] for name in old},
    )  # fmt: skip


def _active(person_id: int) -> Person:
    person = lock(person_id)
    if person.state != LoginState.ACTIVE:
        raise Refused("login_closed")
    return person


@transaction.atomic
def change_details(
    *, person_id: int, first_name: str, last_name: str, phone: str, function: str, actor: Actor, now: datetime
) -> Person:
    """Change what a person may change of themselves. Refuses `login_closed` unless the login is active."""
    person = _active(person_id)
    values = {"first_name": first_name, "last_name": last_name, "phone": phone, "function": function}
    _change(person, values, actor=actor, now=now)
    return person


@transaction.atomic
def change_language(*, person_id: int, language: str, actor: Actor, now: datetime) -> Person:
    """Choose the language of the mails. Refuses `login_closed` unless the login is active."""
    person = _active(person_id)
    _change(person, {"language": language}, actor=actor, now=now)
    return person
