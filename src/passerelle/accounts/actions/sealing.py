"""Sealing secrets anew after the deployment's secret key was changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from passerelle.accounts.enums import FactorKind
from passerelle.accounts.models import SecondFactor
from passerelle.audit.record import record
from passerelle.audit.tags import Tag
from passerelle.core.actor import Actor
from passerelle.core.sealing import is_sealed_by_present_key, resealed

_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Resealed:
    """How many secrets were sealed anew, how many needed it not, and how many no key of this deployment opens."""

    done: int = 0
    present: int = 0
    lost: int = 0


def reseal_secrets(*, actor: Actor, now: datetime) -> Resealed:
    """Seal the secrets of authenticator applications with the present key.

    In small steps, each whole by itself, so that nobody waits and it can be broken off and begun again. A secret that
    changes meanwhile is left as it is then. One that cannot be opened is left too.
    """
    total, last = Resealed(), 0
    while True:
        rows = SecondFactor.objects.filter(kind=FactorKind.AUTHENTICATOR, pk__gt=last).order_by("pk")
        some = list(rows.values_list("pk", "secret")[:_AT_ONCE])
        if not some:
            return total
        last = some[-1][0]
        step = _reseal(some, actor, now)
        total = Resealed(total.done + step.done, total.present + step.present, total.lost + step.lost)


def _reseal(some: list[tuple[int, str]], actor: Actor, now: datetime) -> Resealed:
    old = [(pk, sealed) for pk, sealed in some if not is_sealed_by_present_key(sealed)]
    fresh = [(pk, sealed, resealed(sealed)) for pk, sealed in old]
    with transaction.atomic():
        done = sum(
            SecondFactor.objects.filter(pk=pk, secret=was).update(secret=secret) for pk, was, secret in fresh if secret
        )
        if done:
            record(Tag.SECRETS_RESEALED, actor=actor, now=now)
    return Resealed(done, len(some) - len(old), sum(not secret for _pk, _was, secret in fresh))
