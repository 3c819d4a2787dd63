"""Finding a company by what one has at hand (H3)."""

from __future__ import annotations

from datetime import datetime
from importlib import import_module
from typing import Any

import pytest

from passerelle.suppliers import queries
from passerelle.suppliers.models import Company, NameWord, later_words
from tests.suppliers.conftest import Importer
from tests.suppliers.files import PLAIN, csv_file

pytestmark = pytest.mark.django_db

COLUMNS = [*PLAIN, "duns", "sucos", "vat_number", "registration_number", "contact_email", "email_domains"]
NAMES = [
    "Moulin d'Arve",
    "Moulins Réunis",
    "Société Générale de Câblage",
    "Grüne Straße AG",
    "Acme Bearings",
    "Arve Mills",
]


@pytest.fixture
def companies(take_in: Importer) -> None:
    first = {
        "cofor": "AB12CD",
        "name": NAMES[0],
        "duns": "123456789",
        "sucos": "S100",
        "vat_number": "FR40303265045",
        "registration_number": "303 265 045",
        "contact_email": "Anne@moulin.example",
        "email_domains": "moulin.example",
    }
    others = [{"cofor": f"ZZ99Z{number}", "name": name} for number, name in enumerate(NAMES[1:])]
    take_in(csv_file(first, *others, columns=COLUMNS))


def names(text: str, **options: Any) -> list[str]:
    return [found.company.name for found in queries.search(text, **options).found]


@pytest.mark.parametrize(
    ("typed", "by"),
    [
        ("ab12 cd", "cofor"),
        ("12-345-6789", "duns"),
        ("s100", "suco"),
        ("fr 40 303 265 045", "vat_number"),
        ("303 265 045", "registration_number"),
        ("anne@MOULIN.example", "contact_email"),
        ("@moulin.example", "email_domain"),
        ("bob@moulin.example", "email_domain"),
    ],
)
@pytest.mark.usefixtures("companies")
def test_a_company_is_found_by_any_identifier(typed: str, by: str) -> None:
    first = queries.search(typed).found[0]
    assert (first.company.cofor, first.by) == ("AB12CD", by)


@pytest.mark.parametrize("all_names", [20_000, 0])
@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("moulin d'arve", "Moulin d'Arve"),
        ("MOULIN DARVE", "Moulin d'Arve"),
        ("Mouiln d'Arve", "Moulin d'Arve"),
        ("omulin darve", "Moulin d'Arve"),
        ("moulins reunis", "Moulins Réunis"),
        ("Societe generale de cablage", "Société Générale de Câblage"),
        ("grune strasse", "Grüne Straße AG"),
        ("acme baerings", "Acme Bearings"),
    ],
)
@pytest.mark.usefixtures("companies")
def test_a_name_is_found_in_spite_of_typing_errors(
    typed: str, name: str, all_names: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The package gives the function the name of its module.
    monkeypatch.setattr(import_module("passerelle.suppliers.queries.search"), "_ALL_NAMES", all_names)
    assert names(typed)[0] == name


@pytest.fixture(params=[20_000, 0], ids=["few companies", "many companies"])
def size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The search among few companies, and as it is among millions."""
    monkeypatch.setattr(import_module("passerelle.suppliers.queries.search"), "_ALL_NAMES", request.param)


@pytest.mark.usefixtures("companies", "size")
def test_a_word_from_the_middle_of_a_name_finds_it() -> None:
    # H3
    assert "Société Générale de Câblage" in names("cablage")
    assert "Société Générale de Câblage" in names("generale cablage")
    assert "Acme Bearings" in names("bearing")
    assert {"Arve Mills", "Moulin d'Arve"} & set(names("arve"))


@pytest.mark.usefixtures("size")
def test_a_company_is_found_by_the_words_of_its_present_name(take_in: Importer) -> None:
    take_in(csv_file({"cofor": "AB12CD", "name": "Atelier Durand"}, {"cofor": "EF34GH", "name": "Forge Rossi"}))
    take_in(csv_file({"cofor": "AB12CD", "name": "Atelier Lemoine"}, {"cofor": "EF34GH", "name": "Forge Rossi"}))
    assert names("lemoine") == ["Atelier Lemoine"]
    assert names("durand") == []
    assert names("rossi") == ["Forge Rossi"]
    assert sorted(NameWord.objects.values_list("word", flat=True)) == ["lemoine", "rossi"]


def test_a_common_word_is_bounded_and_the_next_one_still_finds(
    take_in: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    search = import_module("passerelle.suppliers.queries.search")
    monkeypatch.setattr(search, "_ALL_NAMES", 0)
    monkeypatch.setattr(search, "_OF_A_WORD", 5)
    rows = [{"cofor": f"A{number:05}", "name": f"X{number} industries"} for number in range(20)]
    take_in(csv_file(*rows, {"cofor": "ZZ11ZZ", "name": "Aciers Zorn industries"}))
    assert names("industries zorn")[0] == "Aciers Zorn industries"
    assert 0 < len(names("industries")) <= 5


def test_words_that_count_are_those_after_the_first() -> None:
    assert later_words("societe generale de cablage") == ["generale", "cablage"]
    assert later_words("one a a two two") == ["two"]
    assert later_words("") == []
    assert later_words("x " + "y" * 300) == ["y" * 40]
    assert len(later_words(" ".join(f"word{number}" for number in range(50)))) == 8


def test_keys_with_gaps_do_not_make_few_companies_many(take_in: Importer, now: datetime) -> None:
    take_in(csv_file({"cofor": "AB12CD", "name": NAMES[2]}))
    Company.objects.create(pk=5_000_000, cofor="ZZ99ZZ", name="Autre", name_key="AUTRE", created_at=now, updated_at=now)
    assert names("cablage") == [NAMES[2]]


@pytest.mark.parametrize(
    "typed", ["", "   ", "\x00", "%", "_", "zzzzzzzz", "' OR 1=1 --", "x" * 100_000, "\ud800", "日本"]
)
@pytest.mark.usefixtures("companies")
def test_what_nobody_is_called_finds_nobody(typed: str) -> None:
    assert names(typed) == []


@pytest.mark.usefixtures("companies")
def test_an_unrelated_name_is_not_found() -> None:
    assert "Acme Bearings" not in names("Moulin")


def test_pages_are_bounded(take_in: Importer) -> None:
    take_in(csv_file(*({"cofor": f"A{number:05}", "name": f"Moulin {number:03}"} for number in range(130))))
    first, second = queries.search("moulin", size=50), queries.search("moulin", size=50, page=2)
    assert (len(first.found), first.more) == (50, True)
    assert not {found.company.pk for found in first.found} & {found.company.pk for found in second.found}
    last = queries.search("moulin", size=50, page=3)
    assert (len(last.found), last.more) == (30, False)
    assert len(queries.search("moulin", size=10**9).found) == 50
    assert queries.search("moulin", page=10**9).page == 10
    assert queries.search("moulin", page=-5).page == 1


def test_a_search_costs_few_queries(take_in: Importer, django_assert_max_num_queries: Any) -> None:
    take_in(csv_file(*({"cofor": f"A{number:05}", "name": f"Moulin {number:03}"} for number in range(60))))
    assert Company.objects.count() == 60
    with django_assert_max_num_queries(9):
        queries.search("moulni")


@pytest.mark.parametrize(
    "typed", ["moulni", "123 456 789", "mouiln industrie generale", "anne@moulni.example", "moulni.example", "abc def"]
)
@pytest.mark.usefixtures("companies")
def test_a_search_among_many_costs_few_queries(
    typed: str, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr(import_module("passerelle.suppliers.queries.search"), "_ALL_NAMES", 0)
    with django_assert_max_num_queries(9):
        queries.search(typed)
