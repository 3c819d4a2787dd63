"""The block by a former password and how its owner lifts it; making a browser known (D7, decisions 13, 14)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from passerelle.accounts import actions as accounts
from passerelle.accounts.enums import LoginState, StateReason
from passerelle.accounts.models import Person
from passerelle.accounts.rules import may_use_login
from passerelle.audit.record import record
from passerelle.audit.tags import Tag
from passerelle.core.actor import Actor
from passerelle.core.errors import Refused
from passerelle.entry.mails import sign_in as mails
from passerelle.entry.rules.devices import is_blocked_by_former_password
from passerelle.mail import links
from passerelle.memberships.queries import plsas_beside

LIFT_HOLDS = timedelta(days=7)
# Longer than the hour in which only so many are sent: whoever asks in vain has one that still works in the mailbox.
DEVICE_HOLDS = timedelta(hours=2)


@transaction.atomic
def block_for_former_password(*, person_id: int, actor: Actor, now: datetime) -> bool:
    """Block a login whose former password was typed, and tell its owner and the PLSAs of their companies (D7).

    Only an active login is blocked; answers whether it was. A suspension is left to those who can lift it.
    """
    person = accounts.lock(person_id)
    if person.state != LoginState.ACTIVE:
        return False
    person = accounts.change_state(
        person_id=person_id, to=LoginState.BLOCKED, reason=StateReason.FORMER_PASSWORD, actor=actor, now=now
    )
    _send_lift(person, actor, now)
    for plsa, company in plsas_beside(person, now):
        mails.blocked_colleague(plsa, person, company, actor=actor, now=now)
    return True


@transaction.atomic
def send_lift_link(*, link_key: str, actor: Actor, now: datetime) -> None:
    """Send the link that lifts a block anew, to the registered address, in place of one that has expired.

    Refuses `nothing_to_lift` when the login is not blocked by its former password (any more), and `link_unknown`.
    """
    person = _person_of(link_key)
    if not is_blocked_by_former_password(person):
        raise Refused("nothing_to_lift")
    _send_lift(person, actor, now)


@transaction.atomic
def lift_block(*, link_key: str, actor: Actor, now: datetime) -> Person:
    """Lift the block by a former password: the owner holds the link, and gave the current password (decision 13).

    Refuses `nothing_to_lift`, `link_unknown` and what `mail.links.spend` refuses.
    """
    person = _person_of(link_key)
    if not is_blocked_by_former_password(person):
        raise Refused("nothing_to_lift")
    links.spend(links.get(link_key), now)
    person = accounts.change_state(person_id=person.pk, to=LoginState.ACTIVE, actor=actor, now=now)
    mails.block_lifted(person, actor=actor, now=now)
    return person


@transaction.atomic
def send_device_link(*, login_key: str, actor: Actor, now: datetime) -> None:
    """Mail the link that makes a browser known to a login, to its registered address (decision 14).

    A login that a former password blocked gets the link that lifts the block instead. Nothing is sent for any other
    login that may not be used, nor for one that does not exist.
    """
    person = Person.objects.select_for_update().filter(login_key=login_key).first()
    if person is None:
        return
    if is_blocked_by_former_password(person):
        _send_lift(person, actor, now)
    elif may_use_login(person) and person.has_usable_password():
        ends = now + DEVICE_HOLDS
        link = links.issue("device", subject_key=person.key, recipient=person.email, expires_at=ends, now=now)
        mails.device(person, link=link, actor=actor, now=now)
        record(Tag.DEVICE_LINK_SENT, actor=actor, now=now, subject_key=person.key, person_key=person.key)


@transaction.atomic
def make_device_known(*, link_key: str, actor: Actor, now: datetime) -> Person:
    """Spend the link that makes a browser known; the cookie is the caller's. It is no reset: the password is asked.

    Refuses `login_closed` for a login that may not be used, `link_unknown`, and what `mail.links.spend` refuses.
    """
    person = _person_of(link_key)
    if not may_use_login(person):
        raise Refused("login_closed")
    links.spend(links.get(link_key), now)
    record(Tag.DEVICE_KNOWN, actor=actor, now=now, subject_key=person.key, person_key=person.key)
    mails.device_known(person, actor=actor, now=now)
    return person


def _person_of(link_key: str) -> Person:
    """The person a link is about, locked."""
    person = Person.objects.select_for_update().filter(key=links.get(link_key).subject_key).first()
    if person is None:
        raise Refused("link_unknown")
    return person


def _send_lift(person: Person, actor: Actor, now: datetime) -> None:
    link = links.issue("lift", subject_key=person.key, recipient=person.email, expires_at=now + LIFT_HOLDS, now=now)
    mails.blocked(person, link=link, actor=actor, now=now)
    record(Tag.LIFT_LINK_SENT, actor=actor, now=now, subject_key=person.key, person_key=person.key)
