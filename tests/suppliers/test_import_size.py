"""A large file is taken in by batches: few queries, flat memory (P9, P10)."""

from __future__ import annotations

import csv
import io
import tracemalloc
from typing import Any, BinaryIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from passerelle.suppliers.enums import Effect
from passerelle.suppliers.models import Company
from passerelle.suppliers.rules.changes import COLUMNS
from tests.suppliers.conftest import Importer
from tests.suppliers.files import plan

pytestmark = pytest.mark.django_db


def large_file(rows: int, **changed: str) -> BinaryIO:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    for number in range(rows):
        row = {
            "cofor": f"{number:06X}",
            "name": f"Company {number}",
            "duns": str(100_000_000 + number),
            "country": "FR",
            "contact_email": f"contact@c{number}.example",
            "email_domains": f"c{number}.example",
            "active": "true",
            "sites": "01:Plant|02:Office",
            "sucos": f"S{number}",
            "kind": "supplier",
            "categories": "series_parts",
        }
        writer.writerow({**row, **(changed if number % 100 == 0 else {})})
    return io.BytesIO(text.getvalue().encode())


def test_twenty_thousand_rows_are_taken_in(take_in: Importer) -> None:
    assert take_in(large_file(20_000)).created == 20_000
    assert Company.objects.count() == 20_000


def test_an_unchanged_row_costs_no_query_of_its_own(take_in: Importer) -> None:
    take_in(large_file(2_000))
    with (
        CaptureQueriesContext(
            connection,
        ) as captured,
        plan(large_file(2_000)) as change_set,
    ):
        assert change_set.counts[Effect.UNCHANGED] == 2_000
    assert len(captured) == 6 * 4  # six a batch of 500


def test_the_memory_of_a_plan_does_not_follow_the_file() -> None:
    def peak(rows: int) -> int:
        file: Any = large_file(rows)
        tracemalloc.start()
        with plan(file):
            most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(500)  # what is loaded once
    assert peak(3_000) < 1.3 * peak(1_000)
