"""Queries compiled once answer what the query set would."""

from __future__ import annotations

from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.test.utils import CaptureQueriesContext

from passerelle.core import clock
from passerelle.core.prepared import Prepared, insert
from passerelle.limits.models import Counter, Pause

pytestmark = pytest.mark.django_db
NOW = clock.now()


def _since(policy: str, since: Any, least: int) -> QuerySet[Counter]:
    paused = Pause.objects.filter(policy=policy, subject=OuterRef("subject"), last_at__gte=since)
    found = Counter.objects.filter(policy=policy, window_start__gte=since, count__gte=least, subject__gt="")
    return found.annotate(paused=Exists(paused)).order_by("subject")


@pytest.fixture
def rows() -> None:
    for number in range(6):
        Counter.objects.create(
            policy="one" if number % 2 else "two", subject=f"s{number}", window_start=NOW - timedelta(days=number),
            count=number,
        )  # fmt: skip
    Pause.objects.create(policy="one", subject="s1", tries=1, last_at=NOW)


def _prepared() -> Prepared[Counter]:
    return Prepared(_since, policy=str, since=type(NOW), least=int)


@pytest.mark.parametrize("policy", ["one", "two", "", "\x01'; DROP TABLE x; --", "%s"])
@pytest.mark.parametrize("days", [0, 3, 10])
@pytest.mark.parametrize("least", [0, 3])
def test_it_answers_what_the_query_set_answers(rows: None, policy: str, days: int, least: int) -> None:
    values: dict[str, Any] = {"policy": policy, "since": NOW - timedelta(days=days), "least": least}
    found, expected = _prepared()(**values), list(_since(**values))
    assert found == expected
    assert [row.__dict__ | {"_state": 0} for row in found] == [row.__dict__ | {"_state": 0} for row in expected]
    assert all(row._state.db == "default" and not row._state.adding for row in found)


def test_one_call_leaves_nothing_to_the_next(rows: None) -> None:
    prepared = _prepared()
    everything = {"since": NOW - timedelta(days=10), "least": 0}
    assert [row.subject for row in prepared(policy="one", **everything)] == ["s1", "s3", "s5"]
    assert [row.subject for row in prepared(policy="two", **everything)] == ["s0", "s2", "s4"]
    assert prepared(policy="none", **everything) == []


def test_each_call_is_one_query_of_its_own(rows: None) -> None:
    prepared, values = _prepared(), {"policy": "one", "since": NOW - timedelta(days=10), "least": 0}
    prepared(**values)
    with CaptureQueriesContext(connection) as asked:
        first = prepared(**values)
        Counter.objects.filter(subject="s3").update(count=30)
        again = prepared(**values)
    assert len(asked) == 3
    assert (first[1].count, again[1].count) == (3, 30)


def test_the_sql_is_written_once(rows: None, monkeypatch: pytest.MonkeyPatch) -> None:
    prepared, values = _prepared(), {"policy": "one", "since": NOW, "least": 0}
    prepared(**values)
    monkeypatch.setattr(prepared, "_build", None)
    assert prepared(**values) == []


def test_related_rows_come_along() -> None:
    from passerelle.accounts.models import Person, StaffRole

    person = Person.objects.create(
        login="VPREP222", login_key="VPREP222", email="p@group.example", email_key="p@group.example",
        first_name="P", last_name="Rep", state_since=NOW, created_at=NOW,
    )  # fmt: skip
    StaffRole.objects.create(person=person, role="assistance")
    roles: Prepared[StaffRole] = Prepared(
        lambda person: StaffRole.objects.filter(person=person).select_related("person"), person=int
    )
    with CaptureQueriesContext(connection) as asked:
        (role,) = roles(person=person.pk)
        assert role.person.login == "VPREP222"
    assert len(asked) == 1


def test_a_parameter_that_occurs_nowhere_is_refused() -> None:
    wrong: Prepared[Counter] = Prepared(lambda policy: Counter.objects.all(), policy=str)
    with pytest.raises(ValueError, match="policy"):
        wrong(policy="one")


@pytest.mark.django_db(transaction=True)
def test_threads_may_ask_at_once() -> None:
    Counter.objects.create(policy="one", subject="s", window_start=NOW, count=1)
    prepared, found = _prepared(), []

    def ask() -> None:
        try:
            found.append([row.subject for row in prepared(policy="one", since=NOW - timedelta(days=1), least=0)])
        finally:
            connection.close()

    threads = [Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert found == [["s"]] * 8


def test_a_row_is_written_as_save_writes_it() -> None:
    def made(subject: str) -> Pause:
        return Pause(policy="one", subject=subject, tries=3, last_at=NOW, paused_until=None)

    saved, inserted = made("saved"), made("inserted")
    saved.save(force_insert=True)
    insert(inserted)
    assert inserted.pk == saved.pk + 1
    assert not inserted._state.adding
    again = Pause.objects.get(pk=inserted.pk)
    assert (again.tries, again.last_at, again.paused_until) == (3, NOW, None)
    inserted.tries = 4
    inserted.save()
    assert Pause.objects.get(pk=inserted.pk).tries == 4
    assert Pause.objects.count() == 2


def test_a_row_with_its_own_key_and_json_is_written() -> None:
    from passerelle.audit.models import Event

    hostile = {"é": ["%s", "\"'; --", None, {"at": NOW.isoformat()}]}
    event = Event(at=NOW, tag="x", actor_kind="system", new=hostile)
    insert(event)
    found = Event.objects.get(pk=event.pk)
    assert (found.new, found.old) == (hostile, {})
    numbered = Pause(pk=77_000, policy="one", subject="numbered", tries=1, last_at=NOW)
    insert(numbered)
    assert Pause.objects.get(pk=77_000).subject == "numbered"


def test_a_row_that_breaks_a_rule_of_the_table_is_refused() -> None:
    insert(Pause(policy="one", subject="twice", tries=1, last_at=NOW))
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(Pause(policy="one", subject="twice", tries=1, last_at=NOW))
