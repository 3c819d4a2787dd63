"""The companies of the demonstration: a file as docs/import.md describes it, made by its script."""

from __future__ import annotations

import csv
import runpy

import pytest

from passerelle import brand
from passerelle.brand.load import BRANDS
from passerelle.suppliers.enums import Effect
from passerelle.suppliers.models import Company
from tests.suppliers.conftest import Importer
from tests.suppliers.files import plan, raw_file

FOLDER = BRANDS / "demo" / "demonstration"
SCRIPT = BRANDS.parent / "scripts" / "make_demo_suppliers.py"


def test_the_file_is_what_its_script_writes() -> None:
    with (FOLDER / "suppliers.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.DictReader(file)) == runpy.run_path(str(SCRIPT))["rows"]()


@pytest.mark.django_db
def test_the_file_is_taken_in_whole(take_in: Importer) -> None:  # H2
    data = (FOLDER / "suppliers.csv").read_bytes()
    with plan(raw_file(data)) as change_set:
        assert (change_set.clean, list(change_set.remarks())) == (True, [])
        assert change_set.counts[Effect.CREATED] == change_set.rows > 300
    take_in(raw_file(data))
    closed = Company.objects.filter(active=False)
    assert (closed.count(), closed.exclude(successor_cofor="").count()) == (12, 2)
    assert Company.objects.filter(email_domains=None, contacts=None).exists()
    assert not Company.objects.exclude(website="").exclude(website__endswith=".example").exists()
    assert set(Company.objects.values_list("categories__code", flat=True)) == {
        category.code for category in brand.load(BRANDS / "demo").categories
    }
