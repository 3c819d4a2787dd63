"""Two members of staff decide at the same moment: one wins, whatever each decides (race, PostgreSQL only)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest
from django.db import connection, connections

from passerelle.audit.models import Event
from passerelle.core.actor import Actor, ActorKind
from passerelle.core.errors import Refused
from passerelle.opening import actions
from passerelle.opening.enums import RefusalReason
from passerelle.opening.queries import mark
from tests import cast
from tests.backoffice import stages

RACERS = 10


@pytest.mark.race
@pytest.mark.enable_socket
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="needs several connections at once")
def test_of_verifying_and_refusing_at_once_exactly_one_wins(now: datetime) -> None:
    cast.publish_terms(now)
    opening = stages.to_verify(cast.company(now), now)
    seen, together = mark(opening), Barrier(RACERS)

    def decide(number: int) -> str:
        who = Actor(ActorKind.STAFF, key=f"officer-{number}", name=f"Officer {number}", roles=frozenset({"assistance"}))
        try:
            together.wait()
            if number % 2:
                actions.verify(key=opening.key, note="by phone", actor=who, now=now, seen=seen)
            else:
                actions.refuse(
                    key=opening.key, reason=RefusalReason.NOT_CONFIRMED, note="", actor=who, now=now, seen=seen
                )
        except Refused as refusal:
            return refusal.code
        finally:
            connections.close_all()
        return "won"

    with ThreadPoolExecutor(RACERS) as pool:
        answers = sorted(pool.map(decide, range(RACERS)))
    assert answers == ["opening_move"] * (RACERS - 1) + ["won"]
    decided = Event.objects.filter(tag__in=["opening:request:verified", "opening:request:refused"])
    assert decided.count() == 1
