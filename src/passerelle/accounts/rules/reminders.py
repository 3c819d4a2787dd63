"""When the clock reminds the owner of a login, and when an unused login is suspended. Pure."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from passerelle import brand
from passerelle.accounts.enums import LoginState, PersonKind
from passerelle.accounts.models import Person


def password_end(person: Person) -> datetime | None:
    """When the password ends by its age (D5); None where it never does. Second factors are the caller's question."""
    days = brand.current().policies.password_age_days
    if not days or person.password_changed_at is None or not person.has_usable_password():
        return None
    return person.password_changed_at + timedelta(days=days)


def password_reminder(person: Person, now: datetime) -> int | None:
    """The days left, if a reminder of the password's end is due now; None otherwise.

    Of several stages that passed while nobody looked only the latest counts, and none after the end itself: then the
    sign-in leads to the password service.
    """
    ends_at = password_end(person)
    if ends_at is None or person.state != LoginState.ACTIVE or person.must_change_since or now >= ends_at:
        return None
    left = math.ceil((ends_at - now) / timedelta(days=1))
    stages = [days for days in brand.current().policies.password_reminder_days if left <= days]
    if not stages or (person.expiry_reminded_days is not None and person.expiry_reminded_days <= min(stages)):
        return None
    return left


def reminder_stage(left: int) -> int:
    """The stage that a reminder with so many days left belongs to."""
    return min(days for days in brand.current().policies.password_reminder_days if left <= days)


def last_use(person: Person) -> datetime:
    """When the login was last used: its last sign-in, or its activation. Whoever lifts a suspension begins it anew."""
    return max(person.last_sign_in_at or person.activated_at or person.created_at, person.state_since)


def unused_warning_due(person: Person, now: datetime) -> bool:
    """Whether the owner is to be warned now that the login is not used (E4). Staff are not; nor is who never had a
    password: their activation link tells them."""
    days = brand.current().policies.unused_warning_days
    if not days or not _can_fall_idle(person) or now - last_use(person) < timedelta(days=days):
        return False
    return person.unused_warned_at is None or person.unused_warned_at < last_use(person)


def unused_suspension_due(person: Person, now: datetime) -> bool:
    """Whether the login is to be suspended now as unused: long enough without a sign-in, and warned long enough ago."""
    policies = brand.current().policies
    if not policies.unused_suspension_days or not _can_fall_idle(person):
        return False
    if now - last_use(person) < timedelta(days=policies.unused_suspension_days):
        return False
    if not policies.unused_warning_days:
        return True
    grace = timedelta(days=policies.unused_suspension_days - policies.unused_warning_days)
    warned = person.unused_warned_at
    return warned is not None and warned >= last_use(person) and now - warned >= grace


def unused_end(person: Person, now: datetime) -> datetime:
    """The day on which a login warned now would be suspended."""
    policies = brand.current().policies
    grace = timedelta(days=policies.unused_suspension_days - policies.unused_warning_days)
    return max(last_use(person) + timedelta(days=policies.unused_suspension_days), now + grace)


def _can_fall_idle(person: Person) -> bool:
    return person.kind == PersonKind.SUPPLIER and person.state == LoginState.ACTIVE and person.activated_at is not None
