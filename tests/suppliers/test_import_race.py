"""Two imports at once, or an import and a desk: one wins, the other is told (I2)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection, connections

from passerelle.core.actor import Actor
from passerelle.core.errors import Refused
from passerelle.suppliers import actions
from passerelle.suppliers.models import Company, Import, Status
from tests.suppliers.conftest import Importer
from tests.suppliers.files import csv_file, one_row, plan

pytestmark = [
    pytest.mark.race,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite lets one writer in at a time"),
]
assert connection  # named in the condition above


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Run the acts together; answers "done" or the code of each one's refusal."""
    answers, start = [""] * len(acts), threading.Barrier(len(acts))

    def run(number: int, act: Callable[[], object]) -> None:
        try:
            start.wait()
            act()
            answers[number] = "done"
        except Refused as refusal:
            answers[number] = refusal.code
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number, act)) for number, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return sorted(answers)


def test_one_of_two_imports_of_the_same_companies_wins(importer: Actor, now: datetime) -> None:
    def take_in() -> None:
        with plan(csv_file(*({"cofor": f"A{number:05}"} for number in range(600)))) as change_set:
            planned.wait()
            actions.apply_import(change_set=change_set, actor=importer, now=now)

    planned = threading.Barrier(2)
    assert at_once(take_in, take_in) == ["done", "import_outdated"]
    assert (Company.objects.count(), Import.objects.count()) == (600, 1)


def test_a_company_is_closed_once_by_an_import_and_a_desk(
    take_in: Importer, importer: Actor, buyer: Actor, now: datetime
) -> None:
    take_in(one_row())
    company, later = Company.objects.get(), now + timedelta(hours=1)

    def by_file() -> None:
        with plan(one_row(active="no", closed_reason="By file")) as change_set:
            planned.wait()
            actions.apply_import(change_set=change_set, actor=importer, now=later)

    def by_hand() -> None:
        planned.wait()
        actions.close_company(company=company, reason="By hand", actor=buyer, now=later)

    planned = threading.Barrier(2)
    assert at_once(by_file, by_hand) in (["done", "import_outdated"], ["company_closed", "done"])
    assert Status.objects.filter(active=False).count() == 1
