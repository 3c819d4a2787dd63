"""The hash chain over the trail: sealed in order by one worker, verified by a command."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction

from passerelle.audit.models import Event, Seal

GENESIS = "0" * 64
MOST = 5000  # lines sealed in one transaction
_LOCK = 0x5041_5353  # any number, the same in every worker


def digest(event: Event, number: int, previous: str) -> str:
    """SHA-256 over the event's fields, its place in the chain and the seal before it."""
    body = json.dumps(
        {
            "number": number,
            "previous": previous,
            "id": event.pk,
            "at": event.at.isoformat(),
            "tag": event.tag,
            "actor": [event.actor_kind, event.actor_key, event.actor_name, event.address],
            "subject": event.subject_key,
            "company": event.company_key,
            "person": event.person_key,
            "old": event.old,
            "new": event.new,
        },
        cls=DjangoJSONEncoder,
        sort_keys=True,
        ensure_ascii=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(body.encode()).hexdigest()


def seal_pending(*, now: datetime, most: int = MOST) -> int:
    """Seal what is not sealed yet, oldest first; answers how many lines were sealed.

    One worker at a time: others find the lock taken and leave. An event that commits late (a long transaction) is
    sealed in the next run, so no line is ever passed over.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
                row = cursor.fetchone()
                if not row or not row[0]:
                    return 0
        last = Seal.objects.order_by("-number").first()
        number, previous = (last.number, last.digest) if last else (0, GENESIS)
        seals = []
        for event in Event.objects.filter(seal__isnull=True).order_by("pk")[:most]:
            number += 1
            value = digest(event, number, previous)
            seals.append(Seal(number=number, event=event, previous=previous, digest=value, sealed_at=now))
            previous = value
        Seal.objects.bulk_create(seals)
    return len(seals)


@dataclass
class ChainReport:
    """What a walk over the chain found. `unsealed` lines are not wrong, only not yet under a seal."""

    sealed: int = 0
    unsealed: int = 0
    oldest_unsealed_at: datetime | None = None
    faults: list[str] = field(default_factory=list)
    last_digest: str = GENESIS

    @property
    def whole(self) -> bool:
        return not self.faults


def verify(*, expect: str = "") -> ChainReport:
    """Walk the chain from its first seal. Finds a changed, removed or inserted line, and a broken or missing seal.

    Whoever can write to the table can also make a whole new chain, or cut its end off. `expect` is a digest noted
    outside the portal earlier: a chain that does not contain it is not the chain that was seen then.
    """
    report = ChainReport()
    previous, expected = GENESIS, 1
    met = not expect or expect == GENESIS
    for seal in Seal.objects.select_related("event").order_by("number").iterator(chunk_size=2000):
        if seal.number != expected:
            report.faults.append(f"seal {expected} is missing (next found: {seal.number})")
            expected = seal.number
        if seal.previous != previous:
            report.faults.append(f"seal {seal.number} does not follow the one before it")
        if digest(seal.event, seal.number, seal.previous) != seal.digest:
            report.faults.append(f"event {seal.event_id} was changed after it was sealed (seal {seal.number})")
        previous = seal.digest
        met = met or previous == expect
        expected += 1
        report.sealed += 1
    report.last_digest = previous
    if not met:
        report.faults.append(f"the digest noted earlier ({expect}) is not part of the chain")
    tail = Event.objects.filter(seal__isnull=True).order_by("at")
    report.unsealed = tail.count()
    first = tail.first()
    report.oldest_unsealed_at = first.at if first else None
    return report
