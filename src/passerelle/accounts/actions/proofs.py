"""Using a second factor. Each counts once: the row changes only if nobody was faster, so of many at once one wins."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from passerelle.accounts.enums import FactorKind
from passerelle.accounts.mails import factors as mails
from passerelle.accounts.models import Person, RecoveryCode, SecondFactor
from passerelle.accounts.queries import made_with_a_lost_key
from passerelle.accounts.rules.factors import recovery_digests, step_of
from passerelle.accounts.rules.passkeys import UsedPasskey
from passerelle.audit.record import record
from passerelle.audit.tags import Tag
from passerelle.core.actor import Actor
from passerelle.core.errors import Refused
from passerelle.core.sealing import unseal


@transaction.atomic
def use_code(*, person_id: int, code: str, actor: Actor, now: datetime) -> SecondFactor:
    """Take a code of the person's authenticator application, once.

    Codes of the present step and its neighbours are taken, for clocks that are up to 30 seconds wrong. Refuses
    `no_authenticator`, `factor_code`, `factor_code_used` for a code no newer than the newest one taken, and
    `factor_unreadable` when the secret was sealed with a key that is gone: then no code can be right.
    """
    factor = SecondFactor.objects.filter(person_id=person_id, kind=FactorKind.AUTHENTICATOR).first()
    if factor is None:
        raise Refused("no_authenticator", field="code")
    secret = unseal(factor.secret)
    if not secret:
        raise Refused("factor_unreadable", field="code")
    step = step_of(secret, code, now)
    if step is None:
        raise Refused("factor_code", field="code")
    newer = SecondFactor.objects.filter(pk=factor.pk, last_step__lt=step)
    if not newer.update(last_step=step, last_used_at=now):
        raise Refused("factor_code_used", field="code")
    return factor


@transaction.atomic
def use_recovery_code(*, person_id: int, code: str, actor: Actor, now: datetime) -> int:
    """Take a recovery code, once; answers how many are left. Its owner is told.

    Refuses `recovery_code`, and `codes_unreadable` when the whole list was made with a key that is gone.
    """
    person = Person.objects.get(pk=person_id)
    unused = RecoveryCode.objects.filter(person_id=person_id, used_at__isnull=True)
    if not unused.filter(digest__in=recovery_digests(person.key, code)).update(used_at=now):
        lost = unused.exists() and not unused.exclude(made_with_a_lost_key()).exists()
        raise Refused("codes_unreadable" if lost else "recovery_code", field="recovery")
    left = unused.count()
    record(
        Tag.RECOVERY_CODE_USED, actor=actor, now=now, subject_key=person.key, person_key=person.key,
        new={"left": left},
    )  # fmt: skip
    mails.code_used(person, left=left, address=actor.address, now=now)
    return left


@transaction.atomic
def use_passkey(*, person_id: int, passkey: UsedPasskey, actor: Actor, now: datetime) -> SecondFactor:
    """Take the proof of a passkey whose signature was found right (`rules.passkeys.used`).

    Its counter must have grown, if it counts at all (passkeys that live on several devices stay at 0): one that goes
    back is a copy. Refuses `passkey_copied`, and `passkey_unproven` when the passkey was removed meanwhile.
    """
    count = passkey.sign_count
    mine = SecondFactor.objects.filter(pk=passkey.factor.pk, person_id=person_id)
    fresh = Q(sign_count__lt=count) if count else Q(sign_count=0)
    if not mine.filter(fresh).update(sign_count=count, last_used_at=now):
        raise Refused("passkey_copied" if mine.exists() else "passkey_unproven")
    return passkey.factor
