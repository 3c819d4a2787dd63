"""Writes on second factors: adding, naming and removing them, and the list of recovery codes (D11).

Adding and removing grow the credential epoch and end every session; the door lets the one that acted go on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from passerelle.accounts.actions.states import end_sessions, lock
from passerelle.accounts.enums import FactorKind, LoginState
from passerelle.accounts.mails import factors as mails
from passerelle.accounts.models import FactorRemoval, Person, RecoveryCode, SecondFactor
from passerelle.accounts.rules.factors import (
    CODES,
    NAME_LIMIT,
    new_recovery_code,
    recovery_digests,
    step_of,
)
from passerelle.accounts.rules.passkeys import NewPasskey
from passerelle.audit.record import record
from passerelle.audit.tags import Tag
from passerelle.core.actor import Actor
from passerelle.core.errors import Refused
from passerelle.core.sealing import seal
from passerelle.mail import links


@dataclass(frozen=True, slots=True)
class Added:
    """What adding a factor made: the person of the new epoch, and the recovery codes if these are the first."""

    person: Person
    factor: SecondFactor
    codes: tuple[str, ...]


@transaction.atomic
def add_authenticator(*, person_id: int, secret: str, code: str, name: str, actor: Actor, now: datetime) -> Added:
    """Add the authenticator application that shows `code` for `secret`; that code counts no second time.

    Refuses `factor_code` (field `code`) when the code is not the application's, and `authenticator_exists`: a person
    has one, so that a code is tried against one secret.
    """
    person = _living(person_id)
    step = step_of(secret, code, now)
    if step is None:
        raise Refused("factor_code", field="code")
    if person.second_factors.filter(kind=FactorKind.AUTHENTICATOR).exists():
        raise Refused("authenticator_exists")
    factor = SecondFactor(
        person=person, kind=FactorKind.AUTHENTICATOR, name=_name(name), secret=seal(secret), last_step=step,
        created_at=now, last_used_at=now,
    )  # fmt: skip
    return _add(person, factor, actor, now)


@transaction.atomic
def add_passkey(*, person_id: int, passkey: NewPasskey, name: str, actor: Actor, now: datetime) -> Added:
    """Add a passkey that has just answered our challenge. Refuses `passkey_exists` when it is on record already."""
    person = _living(person_id)
    factor = SecondFactor(
        person=person, kind=FactorKind.PASSKEY, name=_name(name), credential=passkey.credential,
        credential_digest=passkey.digest, material=passkey.material, sign_count=passkey.sign_count,
        created_at=now, last_used_at=now,
    )  # fmt: skip
    return _add(person, factor, actor, now)


@transaction.atomic
def rename_factor(*, person_id: int, factor_key: str, name: str, actor: Actor, now: datetime) -> SecondFactor:
    """Give a factor the name its owner knows it by. Refuses `factor_unknown`. No mail: it opens and closes nothing."""
    factor = _own(lock(person_id), factor_key)
    factor.name = _name(name)
    factor.save(update_fields=["name"])
    return factor


@transaction.atomic
def remove_factor(*, person_id: int, factor_key: str, required: bool, actor: Actor, now: datetime) -> Person:
    """Remove one factor; with the last one go the recovery codes.

    `required` is whether the brand requires a second factor of this person (entry's `needs_second_factor`): the last
    one is then refused with `last_factor`. Refuses `factor_unknown`.
    """
    person = lock(person_id)
    factor = _own(person, factor_key)
    left = person.second_factors.exclude(pk=factor.pk).count()
    if required and not left:
        raise Refused("last_factor")
    factor.delete()
    if not left:
        person.recovery_codes.all().delete()
        drop_removal(person, now)
    _new_epoch(person)
    record(
        Tag.FACTOR_REMOVED, actor=actor, now=now, subject_key=factor_key, person_key=person.key,
        old={"kind": factor.kind, "name": factor.name}, new={"left": left},
    )  # fmt: skip
    mails.removed(person, factor, left=left, address=actor.address, now=now)
    return person


@transaction.atomic
def make_recovery_codes(*, person_id: int, actor: Actor, now: datetime, codes: Sequence[str] = ()) -> tuple[str, ...]:
    """Make a new list of recovery codes; the former one no longer counts. Refuses `no_factor` without a factor.

    The answer is the only place where the codes ever stand in clear. `codes` gives them instead of random ones: for the
    demonstration, which prints them.
    """
    person = _living(person_id)
    if not person.second_factors.exists():
        raise Refused("no_factor")
    made = _make_codes(person, actor, now, codes)
    mails.codes_renewed(person, address=actor.address, now=now)
    return made


def drop_removal(person: Person, now: datetime) -> None:
    """End a living request to remove the person's factors, for which there is no reason any more. Inside an action."""
    for removal in FactorRemoval.objects.filter(person=person, cancelled_at__isnull=True, done_at__isnull=True):
        removal.cancelled_at = now
        removal.save(update_fields=["cancelled_at"])
        links.void("removal", removal.key, now)


def _living(person_id: int) -> Person:
    person = lock(person_id)
    if person.state != LoginState.ACTIVE:
        raise Refused("login_closed")
    return person


def _name(name: str) -> str:
    return " ".join(name.split())[:NAME_LIMIT]


def _own(person: Person, factor_key: str) -> SecondFactor:
    """The person's own factor of this key; another person's is as unknown as none."""
    factor = person.second_factors.filter(key=factor_key).first()
    if factor is None:
        raise Refused("factor_unknown")
    return factor


def _add(person: Person, factor: SecondFactor, actor: Actor, now: datetime) -> Added:
    first = not person.second_factors.exists()
    try:
        with transaction.atomic():
            factor.save(force_insert=True)
    except IntegrityError as error:  # the passkey is somebody's already; one authenticator is seen to by the lock
        raise Refused("passkey_exists") from error
    codes = _make_codes(person, actor, now) if first else ()
    drop_removal(person, now)  # who can add a factor lacks none
    _new_epoch(person)
    record(
        Tag.FACTOR_ADDED, actor=actor, now=now, subject_key=factor.key, person_key=person.key,
        new={"kind": factor.kind, "name": factor.name},
    )  # fmt: skip
    mails.added(person, factor, address=actor.address, now=now)
    return Added(person, factor, codes)


def _make_codes(person: Person, actor: Actor, now: datetime, given: Sequence[str] = ()) -> tuple[str, ...]:
    codes = set(given[:CODES])
    while len(codes) < CODES:
        codes.add(new_recovery_code())
    person.recovery_codes.all().delete()
    RecoveryCode.objects.bulk_create(
        [RecoveryCode(person=person, digest=recovery_digests(person.key, code)[0], created_at=now) for code in codes]
    )
    record(
        Tag.RECOVERY_CODES_MADE, actor=actor, now=now, subject_key=person.key, person_key=person.key,
        new={"count": len(codes)},
    )  # fmt: skip
    return tuple(codes)


def _new_epoch(person: Person) -> None:
    person.credential_epoch += 1
    person.save(update_fields=["credential_epoch"])
    end_sessions(person)
