"""Which browsers a login knows (decision 13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from passerelle import brand
from passerelle.accounts.enums import LoginState, StateReason
from passerelle.accounts.models import Person


@dataclass(frozen=True, slots=True)
class Device:
    """What a browser's cookie says of it: which person signed in with it, at which credential epoch, and when."""

    id: str
    person_key: str
    epoch: int
    issued_at: datetime


def is_known(device: Device | None, person: Person | None, *, now: datetime) -> bool:
    """Whether a login knows the browser: of this person, of the present epoch, and not too old."""
    if device is None or person is None or device.person_key != person.key or device.epoch != person.credential_epoch:
        return False
    days = brand.current().policies.known_device_days
    return timedelta() <= now - device.issued_at + timedelta(minutes=5) <= timedelta(days=days, minutes=5)


def is_blocked_by_former_password(person: Person) -> bool:
    """Whether it is the former password that blocks a login, which its owner can lift (D7)."""
    return person.state == LoginState.BLOCKED and person.state_reason == StateReason.FORMER_PASSWORD
