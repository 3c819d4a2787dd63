"""The trail is append-only and sealed in order; a changed, removed or inserted line is found (I5)."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from passerelle.audit import figures
from passerelle.audit.models import Event, Seal
from passerelle.audit.record import line, record, record_all
from passerelle.audit.seal import GENESIS, seal_pending, verify
from passerelle.audit.tags import Tag
from passerelle.audit.tasks import seal
from passerelle.core.actor import Actor, ActorKind, visitor

ACTOR = Actor(ActorKind.STAFF, key="officer", name="Olga Officer", address="192.0.2.1")


def _record(number: int, now: datetime) -> Event:
    at = now + timedelta(seconds=number)
    return record(Tag.PASSWORD_SET, actor=ACTOR, now=at, subject_key=f"s{number}", new={"n": number})


@pytest.fixture
def trail(db: None, now: datetime) -> list[Event]:
    with transaction.atomic():
        return [_record(number, now) for number in range(5)]


def change(sql: str, *values: object) -> None:
    """Change a table from below, as somebody with the database's password would."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


@pytest.mark.django_db(transaction=True)
def test_a_line_without_the_transaction_of_its_change_is_refused(now: datetime) -> None:
    with pytest.raises(RuntimeError, match="inside the transaction"):
        record(Tag.SIGNED_IN, actor=ACTOR, now=now)
    with pytest.raises(RuntimeError, match="inside the transaction"):
        record_all([line(Tag.SIGNED_IN, actor=ACTOR, now=now)])
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_line_disappears_with_its_change(now: datetime) -> None:
    def fail() -> None:
        with transaction.atomic():
            record(Tag.SIGNED_IN, actor=ACTOR, now=now)
            raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011  the block's own
        fail()
    assert not Event.objects.exists()


def test_lines_cannot_be_changed_or_deleted(trail: list[Event], now: datetime) -> None:
    seal_pending(now=now)
    for rows in (Event.objects.all(), Seal.objects.all()):
        with pytest.raises(TypeError):
            rows.update(pk=1)
        with pytest.raises(TypeError):
            rows.delete()


def test_the_actor_is_copied_as_text(trail: list[Event]) -> None:
    event = Event.objects.get(pk=trail[0].pk)
    assert (event.actor_kind, event.actor_key, event.actor_name, event.address) == (
        "staff", "officer", "Olga Officer", "192.0.2.1",
    )  # fmt: skip


@pytest.mark.django_db
def test_a_name_longer_than_the_column_is_cut(now: datetime) -> None:
    with transaction.atomic():
        event = record(Tag.SIGNED_IN, actor=visitor(name="n" * 1000), now=now)
    assert len(Event.objects.get(pk=event.pk).actor_name) == 300


def test_every_line_is_sealed_once_and_in_order(trail: list[Event], now: datetime) -> None:
    assert seal_pending(now=now) == 5
    assert seal_pending(now=now) == 0
    seals = list(Seal.objects.order_by("number"))
    assert [found.number for found in seals] == [1, 2, 3, 4, 5]
    assert [found.event_id for found in seals] == [event.pk for event in trail]
    assert [found.previous for found in seals] == [GENESIS, *(found.digest for found in seals[:-1])]
    assert verify().whole


def test_a_portion_is_sealed_at_a_time(trail: list[Event], now: datetime) -> None:
    assert [seal_pending(now=now, most=2) for _ in range(4)] == [2, 2, 1, 0]
    assert verify().whole


def test_the_workers_task_seals_everything(trail: list[Event]) -> None:
    seal.func()
    assert (verify().sealed, verify().unsealed) == (5, 0)


def test_a_line_that_commits_late_is_sealed_in_the_next_run(trail: list[Event], now: datetime) -> None:
    seal_pending(now=now)
    with transaction.atomic():
        record(Tag.SIGNED_OUT, actor=ACTOR, now=now - timedelta(minutes=1))  # earlier in time, later in the chain
    assert seal_pending(now=now) == 1
    assert verify().whole


@pytest.mark.parametrize("column", ["tag", "actor_name", "address", "subject_key", "company_key", "person_key"])
def test_a_changed_line_is_found(trail: list[Event], now: datetime, column: str) -> None:
    seal_pending(now=now)
    change(f"UPDATE audit_event SET {column} = 'x' WHERE id = %s", trail[3].pk)
    report = verify()
    assert report.faults == [f"event {trail[3].pk} was changed after it was sealed (seal 4)"]


def test_a_changed_value_or_instant_is_found(trail: list[Event], now: datetime) -> None:
    seal_pending(now=now)
    change("UPDATE audit_event SET new = %s WHERE id = %s", '{"n": 7}', trail[0].pk)
    change("UPDATE audit_event SET at = %s WHERE id = %s", now - timedelta(days=1), trail[1].pk)
    assert len(verify().faults) == 2


def test_a_removed_line_is_found(trail: list[Event], now: datetime) -> None:
    seal_pending(now=now)
    change("DELETE FROM audit_seal WHERE number = 3")
    change("DELETE FROM audit_event WHERE id = %s", trail[2].pk)
    faults = verify().faults
    assert faults[0] == "seal 3 is missing (next found: 4)"
    assert "seal 4 does not follow the one before it" in faults


def test_two_lines_that_change_places_are_found(trail: list[Event], now: datetime) -> None:
    seal_pending(now=now)
    first, second = trail[0].pk, trail[1].pk
    for number, event in ((1, -1), (2, first), (1, second)):
        change("UPDATE audit_seal SET event_id = %s WHERE number = %s", event, number)
    assert len(verify().faults) == 2


def test_a_chain_that_was_cut_is_found_by_the_digest_noted_earlier(trail: list[Event], now: datetime) -> None:
    seal_pending(now=now)
    noted = verify().last_digest
    assert verify(expect=noted).whole
    change("DELETE FROM audit_seal WHERE number = 5")
    change("DELETE FROM audit_event WHERE id = %s", trail[4].pk)
    assert verify().whole  # from inside nothing is missing …
    assert not verify(expect=noted).whole  # … from outside it is


def test_the_unsealed_tail_is_told_and_is_no_fault(trail: list[Event], now: datetime) -> None:
    report = verify()
    assert (report.whole, report.sealed, report.unsealed, report.oldest_unsealed_at) == (True, 0, 5, now)
    tail = figures.tail(now=now + timedelta(minutes=3))
    assert (tail.lines, tail.oldest_age) == (5, timedelta(minutes=3))


def test_the_command_tells_and_fails_on_a_fault(trail: list[Event], now: datetime) -> None:
    seal_pending(now=now, most=4)
    out = StringIO()
    call_command("verify_audit", "--format", "json", stdout=out)
    told = json.loads(out.getvalue())
    assert (told["whole"], told["sealed"], told["unsealed"]) == (True, 4, 1)
    change("UPDATE audit_event SET tag = 'x' WHERE id = %s", trail[0].pk)
    out = StringIO()
    with pytest.raises(SystemExit) as stopped:
        call_command("verify_audit", stdout=out)
    assert stopped.value.code == 1
    assert "FAULT: event" in out.getvalue()
    assert "1 lines are not sealed yet" in out.getvalue()
