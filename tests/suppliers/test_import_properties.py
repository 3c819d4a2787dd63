"""Whatever the file: a change set, or a refusal that says why. What is taken in comes out again (H2)."""

from __future__ import annotations

import csv
import io
import string
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from passerelle.core.actor import SYSTEM
from passerelle.suppliers import actions
from passerelle.suppliers.enums import Effect
from passerelle.suppliers.models import Company
from passerelle.suppliers.rules.changes import COLUMNS
from passerelle.suppliers.rules.reasons import FileRefused
from tests.suppliers.files import csv_file, plan, raw_file

pytestmark = pytest.mark.django_db

calm = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
NOW = datetime(2026, 3, 2, tzinfo=UTC)


def sound(data: bytes) -> None:
    """The file is planned and applied, or refused in words."""
    try:
        change_set = plan(raw_file(data))
    except FileRefused as refusal:
        assert refusal.message  # noqa: PT017  both outcomes are right
        return
    with change_set:
        for note in [*change_set.refusals(), *change_set.remarks()]:
            assert all(reason.message for reason in note.reasons)
        rows = sum(change_set.counts.values()) + change_set.refused
        assert rows == change_set.rows
        actions.apply_import(change_set=change_set, actor=SYSTEM, now=NOW, accept_valid=True)


@calm
@given(st.binary(max_size=400))
def test_random_bytes_are_refused_in_words(data: bytes) -> None:
    sound(data)
    sound(b"PK\x03\x04" + data)
    sound(b"cofor,name,country,active\n" + data)


@calm
@given(st.lists(st.lists(st.text(max_size=30), min_size=len(COLUMNS), max_size=len(COLUMNS)), max_size=4))
def test_random_cells_are_refused_in_words(rows: list[list[str]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([COLUMNS, *rows])
    sound(text.getvalue().encode("utf-8", "replace"))


WORDS = st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=1, max_size=40).filter(
    lambda text: text.strip()
)
CODES = st.text(string.ascii_uppercase + string.digits, min_size=6, max_size=6)
COMPANY = st.fixed_dictionaries(
    {
        "cofor": CODES,
        "name": WORDS,
        "country": st.sampled_from(["FR", "de", "JP", "BR"]),
        "active": st.sampled_from(["true", "false"]),
        "duns": st.one_of(
            st.just(""), st.integers(100_000_000, 999_999_998).map(str).filter(lambda n: len(set(n)) > 1)
        ),
        "city": st.one_of(st.just(""), WORDS),
        "closed_reason": st.one_of(st.just(""), WORDS),
        "sites": st.lists(st.from_regex(r"[A-Z0-9]{2,6}", fullmatch=True), unique=True, max_size=3).map("|".join),
        "contact_email": st.lists(st.emails(domains=st.just("a.example")).filter(str.isascii), max_size=2).map(
            "|".join
        ),
        "categories": st.lists(st.sampled_from(["series_parts", "spare_parts"]), max_size=3).map("|".join),
        "kind": st.sampled_from(["", "supplier", "partner"]),
    }
)


@calm
@given(
    st.lists(
        COMPANY, min_size=1, max_size=5, unique_by=(lambda row: row["cofor"], lambda row: row["duns"] or row["cofor"])
    ),
    st.sampled_from([",", ";"]),
)
def test_what_is_taken_in_is_found_unchanged_by_the_same_file(rows: list[dict[str, str]], separator: str) -> None:
    columns = list(rows[0])
    Company.objects.all().delete()
    with plan(csv_file(*rows, columns=columns, separator=separator)) as change_set:
        for note in change_set.refusals():  # an address or a number the rules know better
            assert {reason.column for reason in note.reasons} <= {"contact_email", "name", "city", "closed_reason"}
        actions.apply_import(change_set=change_set, actor=SYSTEM, now=NOW, accept_valid=True)
    with plan(csv_file(*rows, columns=columns, separator=separator)) as again:
        assert again.counts[Effect.UNCHANGED] == again.rows - again.refused
        assert again.refused == change_set.refused
        assert not list(again.changes())
