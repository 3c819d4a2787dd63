"""Writes on the address of a person's mail: asked for by the person or the Assistance, confirmed, stopped, in force."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from passerelle import brand
from passerelle.accounts.actions.states import lock
from passerelle.accounts.enums import LoginState
from passerelle.accounts.mails import security
from passerelle.accounts.models import EmailChange, Person
from passerelle.accounts.rules.email_changes import EMAIL_CHANGE_LIVES, is_living, may_take_effect
from passerelle.audit.record import record
from passerelle.audit.tags import Tag
from passerelle.core.actor import Actor
from passerelle.core.errors import Refused
from passerelle.mail import links
from passerelle.mail.addresses import check, fold
from passerelle.mail.models import Link

# What a mailbox that was given up must no longer open.
_LINKS_BY_MAIL = ("recovery", "activation", "device", "lift")


@transaction.atomic
def ask_email_change(*, person_id: int, email: str, actor: Actor, now: datetime) -> EmailChange:
    """Ask for another address: both mailboxes must confirm it within three days; an earlier wish ends.

    Whether the new address belongs to another login is told to that mailbox only, never to who asked. Refuses
    `email_same` and `mail_address` (field `email`), and `login_closed` unless the login is active.
    """
    person = _open_to(person_id, email)
    for earlier in _waiting(person):
        if earlier.effective_at is not None and is_living(earlier, now):  # the Assistance asked: its end is told
            _cancel(earlier, reason="stopped", actor=actor, now=now)
        else:
            _end(earlier, now)
    change = EmailChange.objects.create(person=person, email=email, asked_at=now, expires_at=now + EMAIL_CHANGE_LIVES)
    _tell_present(change, actor=actor, now=now)
    if _taken(person, email):
        security.email_in_use(change, now=now)
    else:
        _tell_new(change, now=now)
    _record_asked(change, actor=actor, now=now)
    return change


@transaction.atomic
def ask_email_change_for(*, person_id: int, email: str, note: str, actor: Actor, now: datetime) -> EmailChange:
    """Ask for another address for somebody who lost the present mailbox (ADR 0020).

    It is in force once the new mailbox has confirmed and `email_change_hours` are over, or the present one confirmed
    too; until then the present mailbox stops it by its link. Whether the actor may is the caller's question. A wish of
    the person's own ends. `note` stands in the trail only. Refuses `email_same`, `email_taken` and `mail_address`
    (field `email`), `login_closed` unless the login is active, and `email_waits` when one was asked for already.
    """
    person = _open_to(person_id, email)
    if _taken(person, email):
        raise Refused("email_taken", field="email")
    for earlier in _waiting(person):
        if earlier.effective_at is not None and is_living(earlier, now):
            raise Refused("email_waits", effective_at=earlier.effective_at)
        _end(earlier, now)
    effective_at = now + timedelta(hours=brand.current().policies.email_change_hours)
    change = EmailChange.objects.create(
        person=person, email=email, asked_at=now, asked_by_key=actor.key, asked_by=actor.name[:300],
        effective_at=effective_at, expires_at=effective_at + EMAIL_CHANGE_LIVES,
    )  # fmt: skip
    _tell_present(change, actor=actor, now=now)
    _tell_new(change, now=now)
    _record_asked(change, actor=actor, now=now, effective_at=effective_at.isoformat(), note=note)
    return change


@transaction.atomic
def confirm_email_change(*, link_key: str, actor: Actor, now: datetime) -> EmailChange:
    """One mailbox confirms by its link; once `may_take_effect` says so, the address is in force and both are told.

    If another login took the address meanwhile, the change ends instead: read `done_at` and `cancelled_at` of the
    answer. Refuses the codes of `links.spend`, `email_change_over`, and `login_closed`.
    """
    change, link = _of_link(link_key, now)
    links.spend(link, now)
    if link.purpose == "email_old":
        change.old_confirmed_at = now
    else:
        change.new_confirmed_at = now
    change.save(update_fields=["old_confirmed_at", "new_confirmed_at"])
    if may_take_effect(change, now):
        _put_in_force(change, actor=actor, now=now)
    return change


@transaction.atomic
def carry_out_email_change(*, change_key: str, actor: Actor, now: datetime) -> EmailChange:
    """Put an address that the new mailbox confirmed in force, once the hours of waiting are over.

    A second run finds nothing to do. Refuses `email_change_over`, `login_closed` unless the login is active, and
    `email_change_early`. If another login took the address meanwhile, the change ends instead.
    """
    found = EmailChange.objects.get(key=change_key)
    person = lock(found.person_id)
    change = EmailChange.objects.get(pk=found.pk)
    change.person = person
    if not is_living(change, now):
        raise Refused("email_change_over")
    if person.state != LoginState.ACTIVE:
        raise Refused("login_closed")
    if not may_take_effect(change, now):
        raise Refused("email_change_early")
    _put_in_force(change, actor=actor, now=now)
    return change


@transaction.atomic
def stop_email_change(*, link_key: str, actor: Actor, now: datetime) -> EmailChange:
    """The holder of the present mailbox did not ask for it: the change ends. Refuses as `confirm_email_change`."""
    change, link = _of_link(link_key, now)
    links.spend(link, now)
    _cancel(change, reason="stopped", actor=actor, now=now)
    return change


@transaction.atomic
def cancel_email_change(*, person_id: int, actor: Actor, now: datetime) -> EmailChange:
    """The person, or the Assistance, no longer wants it. Refuses `email_change_over` when no change waits."""
    person = lock(person_id)
    change = next(iter(_waiting(person)), None)
    if change is None or not is_living(change, now):
        raise Refused("email_change_over")
    change.person = person
    _cancel(change, reason="stopped", actor=actor, now=now)
    return change


def _open_to(person_id: int, email: str) -> Person:
    """The person, locked, if this may become the address of their login."""
    person = lock(person_id)
    if person.state != LoginState.ACTIVE:
        raise Refused("login_closed")
    if reason := check(email):
        raise Refused("mail_address", field="email", reason=reason)
    if email == person.email:
        raise Refused("email_same", field="email")
    return person


def _waiting(person: Person) -> list[EmailChange]:
    """The change that has not ended, expired or not; the table holds at most one."""
    return list(EmailChange.objects.filter(person=person, cancelled_at__isnull=True, done_at__isnull=True))


def _tell_present(change: EmailChange, *, actor: Actor, now: datetime) -> None:
    link = links.issue(
        "email_old", subject_key=change.key, recipient=change.person.email, expires_at=change.expires_at, now=now
    )
    security.email_asked(change, link=link, actor=actor, now=now)


def _tell_new(change: EmailChange, *, now: datetime) -> None:
    link = links.issue(
        "email_new", subject_key=change.key, recipient=change.email, expires_at=change.expires_at, now=now
    )
    security.email_to_confirm(change, link=link, now=now)


def _record_asked(change: EmailChange, *, actor: Actor, now: datetime, **more: str) -> None:
    person = change.person
    record(
        Tag.EMAIL_CHANGE_ASKED, actor=actor, now=now, subject_key=person.key, person_key=person.key,
        old={"email": person.email}, new={"email": change.email, "expires_at": change.expires_at, **more},
    )  # fmt: skip


def _of_link(link_key: str, now: datetime) -> tuple[EmailChange, Link]:
    """The change a link belongs to, its person locked: two confirmations at once come one after the other."""
    link = links.get(link_key)
    found = EmailChange.objects.filter(key=link.subject_key).first()
    if found is None:
        raise Refused("link_unknown")
    person = lock(found.person_id)
    change = EmailChange.objects.get(pk=found.pk)
    change.person = person
    link.refresh_from_db()
    status = links.status_of(link, now)
    if status is not links.LinkStatus.VALID:
        raise Refused(f"link_{status}")
    if not is_living(change, now):
        raise Refused("email_change_over")
    if person.state != LoginState.ACTIVE:
        raise Refused("login_closed")
    return change, link


def _taken(person: Person, email: str) -> bool:
    others = Person.objects.filter(email_key=fold(email)).exclude(state=LoginState.DELETED)
    return others.exclude(pk=person.pk).exists()


def _put_in_force(change: EmailChange, *, actor: Actor, now: datetime) -> None:
    person, before = change.person, change.person.email
    try:
        if _taken(person, change.email):
            raise IntegrityError
        with transaction.atomic():
            person.email, person.email_key = change.email, fold(change.email)
            person.save(update_fields=["email", "email_key"])
    except IntegrityError:  # another login has it since; the table decides when both come at once
        person.refresh_from_db()
        _cancel(change, reason="not_possible", actor=actor, now=now)
        return
    change.done_at = now
    change.save(update_fields=["done_at"])
    for purpose in _LINKS_BY_MAIL:
        links.void(purpose, person.key, now)
    links.void("email_old", change.key, now)
    record(
        Tag.EMAIL_CHANGED, actor=actor, now=now, subject_key=person.key, person_key=person.key,
        old={"email": before}, new={"email": person.email},
    )  # fmt: skip
    for address in (before, person.email):
        security.email_changed(change, to_address=address, old_email=before, actor=actor, now=now)


def _cancel(change: EmailChange, *, reason: str, actor: Actor, now: datetime) -> None:
    _end(change, now)
    person = change.person
    record(
        Tag.EMAIL_CHANGE_CANCELLED, actor=actor, now=now, subject_key=person.key, person_key=person.key,
        new={"email": change.email, "reason": reason},
    )  # fmt: skip
    security.email_change_cancelled(change, reason=reason, actor=actor, now=now)


def _end(change: EmailChange, now: datetime) -> None:
    change.cancelled_at = now
    change.save(update_fields=["cancelled_at"])
    for purpose in ("email_old", "email_new"):
        links.void(purpose, change.key, now)
