"""Writes on what a person tells of themselves: names, phone, language, and the address of their mail."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from passerelle.accounts.actions.states import lock
from passerelle.accounts.enums import LoginState
from passerelle.accounts.mails import security
from passerelle.accounts.models import EmailChange, Person
from passerelle.accounts.rules.email_changes import EMAIL_CHANGE_LIVES, is_living
from passerelle.audit.record import record
from passerelle.audit.tags import Tag
from passerelle.core.actor import Actor
from passerelle.core.errors import Refused
from passerelle.mail import links
from passerelle.mail.addresses import check, fold
from passerelle.mail.models import Link

# What a mailbox that was given up must no longer open.
_LINKS_BY_MAIL = ("recovery", "device", "lift")


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


@transaction.atomic
def ask_email_change(*, person_id: int, email: str, actor: Actor, now: datetime) -> EmailChange:
    """Ask for another address: both mailboxes must confirm it within three days; an earlier wish ends.

    Whether the new address belongs to another login is told to that mailbox only, never to who asked. Refuses
    `email_same` and `mail_address` (field `email`), and `login_closed` unless the login is active.
    """
    person = _active(person_id)
    if reason := check(email):
        raise Refused("mail_address", field="email", reason=reason)
    if email == person.email:
        raise Refused("email_same", field="email")
    for earlier in EmailChange.objects.filter(person=person, cancelled_at__isnull=True, done_at__isnull=True):
        _end(earlier, now)
    change = EmailChange.objects.create(person=person, email=email, asked_at=now, expires_at=now + EMAIL_CHANGE_LIVES)
    old = links.issue(
        "email_old", subject_key=change.key, recipient=person.email, expires_at=change.expires_at, now=now
    )
    security.email_asked(change, link=old, actor=actor, now=now)
    if _taken(person, email):
        security.email_in_use(change, now=now)
    else:
        new = links.issue("email_new", subject_key=change.key, recipient=email, expires_at=change.expires_at, now=now)
        security.email_to_confirm(change, link=new, now=now)
    record(
        Tag.EMAIL_CHANGE_ASKED, actor=actor, now=now, subject_key=person.key, person_key=person.key,
        old={"email": person.email}, new={"email": email, "expires_at": change.expires_at},
    )  # fmt: skip
    return change


@transaction.atomic
def confirm_email_change(*, link_key: str, actor: Actor, now: datetime) -> EmailChange:
    """One mailbox confirms by its link; once both have, the address is in force and both are told.

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
    if change.old_confirmed_at and change.new_confirmed_at:
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
    """The person no longer wants it. Refuses `email_change_over` when no change waits."""
    person = lock(person_id)
    change = EmailChange.objects.filter(person=person, cancelled_at__isnull=True, done_at__isnull=True).first()
    if change is None or not is_living(change, now):
        raise Refused("email_change_over")
    change.person = person
    _cancel(change, reason="stopped", actor=actor, now=now)
    return change


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
    record(
        Tag.EMAIL_CHANGED, actor=actor, now=now, subject_key=person.key, person_key=person.key,
        old={"email": before}, new={"email": person.email},
    )  # fmt: skip
    for address in (before, person.email):
        security.email_changed(person, to_address=address, old_email=before, actor=actor, now=now)


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
