"""A lost second factor: somebody else asks to remove it, its owner is told at once, a day later it is gone."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from passerelle import brand
from passerelle.accounts.actions.states import end_sessions, lock
from passerelle.accounts.enums import LoginState
from passerelle.accounts.mails import factors as mails
from passerelle.accounts.models import FactorRemoval
from passerelle.audit.record import record
from passerelle.audit.tags import Tag
from passerelle.core.actor import Actor
from passerelle.core.errors import Refused
from passerelle.mail import links


@transaction.atomic
def ask_removal(*, person_id: int, actor: Actor, now: datetime) -> FactorRemoval:
    """Ask to remove every second factor of a person who lost theirs; it happens after `factor_removal_hours`.

    Whether the actor may is the caller's question (another PLSA of the company, the Assistance: decision 17). The
    owner gets a mail at once, with a link that keeps the factor. Refuses `login_closed`, `removal_by_oneself`,
    `no_factor`, and `removal_pending` (fact `effective_at`) when it is asked already.
    """
    person = lock(person_id)
    if person.state == LoginState.DELETED:
        raise Refused("login_closed")
    if actor.key == person.key:
        raise Refused("removal_by_oneself")
    if not person.second_factors.exists():
        raise Refused("no_factor")
    pending = _pending(person.pk)
    if pending is not None:
        raise Refused("removal_pending", effective_at=pending.effective_at)
    effective_at = now + timedelta(hours=brand.current().policies.factor_removal_hours)
    removal = FactorRemoval.objects.create(
        person=person, asked_at=now, asked_by_key=actor.key, asked_by=actor.name[:300], effective_at=effective_at
    )
    link = links.issue(
        "removal", subject_key=removal.key, recipient=person.email, expires_at=effective_at, now=now
    )  # fmt: skip
    record(
        Tag.FACTOR_REMOVAL_ASKED, actor=actor, now=now, subject_key=person.key, person_key=person.key,
        new={"effective_at": effective_at.isoformat()},
    )  # fmt: skip
    mails.removal_asked(person, removal, link=link, now=now)
    return removal


@transaction.atomic
def keep_factor_by_link(*, link_key: str, actor: Actor, now: datetime) -> FactorRemoval:
    """The owner keeps the second factor, by the link of the mail. Refuses as `links.spend`, and `removal_ended`."""
    link = links.get(link_key)
    found = FactorRemoval.objects.filter(key=link.subject_key).first()
    if found is None:
        raise Refused("link_unknown")
    removal = _living(found)
    links.spend(link, now)
    return _keep(removal, actor, now)


@transaction.atomic
def keep_factor(*, person_id: int, actor: Actor, now: datetime) -> FactorRemoval:
    """The owner keeps the second factor, signed in. Refuses `removal_ended` when nothing waits any more."""
    found = _pending(person_id)
    if found is None:
        raise Refused("removal_ended")
    removal = _living(found)
    links.void("removal", removal.key, now)
    return _keep(removal, actor, now)


@transaction.atomic
def carry_out_removal(*, removal_key: str, actor: Actor, now: datetime) -> FactorRemoval:
    """Remove every factor and recovery code of the person, and end their sessions, once the hours have passed.

    A second run finds nothing to do. Refuses `removal_ended`, and `removal_early` (fact `effective_at`).
    """
    removal = _living(FactorRemoval.objects.get(key=removal_key))
    if now < removal.effective_at:
        raise Refused("removal_early", effective_at=removal.effective_at)
    person = removal.person
    count, _ = person.second_factors.all().delete()
    person.recovery_codes.all().delete()
    person.credential_epoch += 1
    person.save(update_fields=["credential_epoch"])
    end_sessions(person)
    removal.done_at = now
    removal.save(update_fields=["done_at"])
    record(
        Tag.FACTOR_REMOVED, actor=actor, now=now, subject_key=person.key, person_key=person.key,
        old={"count": count}, new={"left": 0, "asked_by": removal.asked_by},
    )  # fmt: skip
    if person.state != LoginState.DELETED:
        mails.removal_done(person, removal, now=now)
    return removal


def _pending(person_id: int) -> FactorRemoval | None:
    return FactorRemoval.objects.filter(
        person_id=person_id, cancelled_at__isnull=True, done_at__isnull=True
    ).first()  # fmt: skip


def _living(found: FactorRemoval) -> FactorRemoval:
    """The request with its person locked, read anew. Refuses `removal_ended`."""
    person = lock(found.person_id)
    removal = _pending(person.pk)
    if removal is None or removal.pk != found.pk:
        raise Refused("removal_ended")
    removal.person = person
    return removal


def _keep(removal: FactorRemoval, actor: Actor, now: datetime) -> FactorRemoval:
    person = removal.person
    removal.cancelled_at = now
    removal.save(update_fields=["cancelled_at"])
    record(
        Tag.FACTOR_REMOVAL_CANCELLED, actor=actor, now=now, subject_key=person.key, person_key=person.key,
        old={"asked_by": removal.asked_by},
    )  # fmt: skip
    mails.removal_cancelled(person, removal, now=now)
    return removal
