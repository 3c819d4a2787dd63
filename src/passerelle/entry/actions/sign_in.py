"""Signing in and out, and the company a session acts for."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from passerelle.accounts.actions import spend_temporary
from passerelle.accounts.enums import LoginState
from passerelle.accounts.models import Person
from passerelle.audit.record import record
from passerelle.audit.tags import Tag
from passerelle.core.actor import Actor
from passerelle.core.errors import Refused
from passerelle.entry.enums import BY_PROVIDER
from passerelle.entry.rules import doors
from passerelle.memberships.models import Membership
from passerelle.memberships.queries import of_person


@transaction.atomic
def note_sign_in(
    *,
    person: Person,
    epoch: int,
    actor: Actor,
    now: datetime,
    since: datetime | None = None,
    factor: str = "",
    known_device: bool = False,
) -> Person:
    """Keep when, from where and with what a person signed in. A login warned for lying idle is in use again.

    `epoch` is the credential epoch of the person whose password was compared: refuses `sign_in_overtaken` when another
    began since (a new password, a second factor added or removed), when the login was closed, and when all its sessions
    were ended after `since`, at which the password was found right. A temporary password is
    used up: refuses `temporary_password_ended` when another sign-in was quicker. One through the group's own provider
    uses no password.
    """
    still = Person.objects.filter(pk=person.pk, credential_epoch=epoch, state=LoginState.ACTIVE)
    if since is not None:
        still = still.exclude(sessions_ended_at__gte=since)
    if not still.update(last_sign_in_at=now, unused_warned_at=None):  # checks and locks in one query
        raise Refused("sign_in_overtaken")
    person.last_sign_in_at, person.unused_warned_at = now, None
    if person.temporary_until is not None and factor != BY_PROVIDER:
        person = spend_temporary(person_id=person.pk, actor=actor, now=now)
    record(
        Tag.SIGNED_IN, actor=actor, now=now, subject_key=person.key, person_key=person.key,
        new={"factor": factor, "known_device": known_device},
    )  # fmt: skip
    return person


@transaction.atomic
def note_sign_out(*, person_key: str, actor: Actor, now: datetime) -> None:
    record(Tag.SIGNED_OUT, actor=actor, now=now, subject_key=person_key, person_key=person_key)


@transaction.atomic
def choose_company(*, person: Person, company_key: str, actor: Actor, now: datetime) -> Membership:
    """Choose the company a session acts for (E6). Refuses `company_closed_to_you` unless it lets this person in."""
    for membership in doors(of_person(person, now)):
        if membership.company.key == company_key:
            record(
                Tag.COMPANY_CHOSEN, actor=actor, now=now, subject_key=person.key, person_key=person.key,
                company_key=company_key,
            )  # fmt: skip
            return membership
    raise Refused("company_closed_to_you", field="company")


@transaction.atomic
def renew_hash(*, person_id: int, fresh: str, was: str, actor: Actor, now: datetime) -> None:
    """Keep the hash of a password that was just found right, made anew (`fresh`) after the parameters have changed.

    The same password goes on: nothing ends, and nothing is told. One that was changed meanwhile (`was`) stays.
    """
    Person.objects.filter(pk=person_id, password=was).update(password=fresh)
