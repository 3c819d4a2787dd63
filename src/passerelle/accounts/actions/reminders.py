"""What the clock does to logins: reminders of a password's end, warnings and suspension of unused logins."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Coalesce

from passerelle import brand
from passerelle.accounts.actions.states import change_state, lock
from passerelle.accounts.enums import LoginState, PersonKind, StateReason
from passerelle.accounts.mails import reminders as mails
from passerelle.accounts.models import Person, SecondFactor
from passerelle.accounts.rules import reminders as rules
from passerelle.audit.record import record
from passerelle.audit.tags import Tag
from passerelle.core.actor import SYSTEM

_A_TIME = 500

log = structlog.get_logger(__name__)


def remind_of_passwords(*, now: datetime) -> int:
    """Remind everybody whose password ends within a stage of the policy, once a stage (D5); answers how many.

    People with a second factor are left out: their password never ends by age (decision 12).
    """
    policies = brand.current().policies
    if not policies.password_age_days or not policies.password_reminder_days:
        return 0
    end = now - timedelta(days=policies.password_age_days)
    due = Q(password_changed_at__gt=end, must_change_since__isnull=True) & Q(
        password_changed_at__lte=end + timedelta(days=max(policies.password_reminder_days))
    )
    return _each(due, _remind, now)


def mind_unused(*, now: datetime) -> int:
    """Warn the owners of logins that nobody uses, and suspend those warned long enough ago (E4); answers how many."""
    policies = brand.current().policies
    days = [days for days in (policies.unused_warning_days, policies.unused_suspension_days) if days]
    if not days:
        return 0
    due = Q(kind=PersonKind.SUPPLIER, activated_at__isnull=False, used_at__lte=now - timedelta(days=min(days)))
    return _each(due, _mind, now)


def _each(due: Q, act: Callable[..., bool], now: datetime) -> int:
    """Act on each active person of a condition in a transaction of its own: one that fails stops no other.

    Raises `ExceptionGroup` at the end if anybody's failed, so that the task shows as failed.
    """
    done, failures = 0, []
    for pk in _keys(due):
        try:
            done += act(person_id=pk, now=now)
        except Exception as failure:
            log.exception("calendar failed for a person", person_id=pk, act=act.__name__)
            failures.append(failure)
    if failures:
        raise ExceptionGroup(f"{len(failures)} failed, {done} done", failures)
    return done


def _keys(due: Q) -> Iterator[int]:
    people: Any = Person.objects.filter(state=LoginState.ACTIVE)
    people = people.annotate(used_at=Coalesce("last_sign_in_at", "activated_at")).filter(due).order_by("pk")
    last = 0
    while found := list(people.filter(pk__gt=last).values_list("pk", flat=True)[:_A_TIME]):
        yield from found
        last = found[-1]


@transaction.atomic
def _remind(*, person_id: int, now: datetime) -> bool:
    person = lock(person_id)
    left = rules.password_reminder(person, now)
    ends_at = rules.password_end(person)
    if left is None or ends_at is None or SecondFactor.objects.filter(person=person).exists():
        return False
    person.expiry_reminded_days = rules.reminder_stage(left)
    person.save(update_fields=["expiry_reminded_days"])
    record(
        Tag.PASSWORD_EXPIRY_REMINDED, actor=SYSTEM, now=now, subject_key=person.key, person_key=person.key,
        new={"days": left},
    )  # fmt: skip
    mails.password_ends(person, ends_at=ends_at, days=left, now=now)
    return True


@transaction.atomic
def _mind(*, person_id: int, now: datetime) -> bool:
    person = lock(person_id)
    last_at = rules.last_use(person)
    if rules.unused_suspension_due(person, now):
        person = change_state(
            person_id=person_id, to=LoginState.SUSPENDED, reason=StateReason.UNUSED, actor=SYSTEM, now=now
        )
        mails.login_suspended(person, last_at=last_at, now=now)
        return True
    if not rules.unused_warning_due(person, now):
        return False
    person.unused_warned_at = now
    person.save(update_fields=["unused_warned_at"])
    record(Tag.UNUSED_WARNED, actor=SYSTEM, now=now, subject_key=person.key, person_key=person.key)
    mails.login_unused(person, last_at=last_at, suspended_at=rules.unused_end(person, now), now=now)
    return True
