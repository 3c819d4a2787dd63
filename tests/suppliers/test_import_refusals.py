"""What an import refuses, row by row, and what it only points out (H2)."""

from __future__ import annotations

import pytest

from passerelle.suppliers.enums import Effect
from passerelle.suppliers.models import Company
from passerelle.suppliers.rules.reasons import FileRefused
from tests.suppliers.conftest import Importer
from tests.suppliers.files import PLAIN, csv_file, one_row, plan, raw_file, refusals, remarks

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"cofor": ""}, "cofor", "cofor_missing"),
        ({"cofor": "AB12C"}, "cofor", "cofor_length"),
        ({"cofor": "AB12CDE"}, "cofor", "cofor_length"),
        ({"cofor": "AB-2CD"}, "cofor", "cofor_characters"),
        ({"cofor": "АB12CD"}, "cofor", "cofor_characters"),  # the first letter is Cyrillic
        ({"name": " "}, "name", "missing"),
        ({"name": "x" * 201}, "name", "too_long"),
        ({"name": "A\x00B"}, "name", "control"),
        ({"name": "A\x1b[31mB"}, "name", "control"),
        ({"name": "A\u202eB"}, "name", "control"),
        ({"name": "#REF!"}, "name", "formula_failed"),
        ({"country": ""}, "country", "missing"),
        ({"country": "ZZ"}, "country", "country_unknown"),
        ({"country": "FRA"}, "country", "country_unknown"),
        ({"active": ""}, "active", "missing"),
        ({"active": "maybe"}, "active", "active_unknown"),
        ({"duns": "12345678"}, "duns", "duns_length"),
        ({"duns": "1234567890"}, "duns", "duns_length"),
        ({"duns": "12345678X"}, "duns", "duns_characters"),
        ({"duns": "١٢٣٤٥٦٧٨٩"}, "duns", "duns_characters"),  # nine digits, but not these
        ({"duns": "---"}, "duns", "duns_characters"),
        ({"duns": "000000000"}, "duns", "duns_repeated"),
        ({"vat_number": "F" * 31}, "vat_number", "too_long"),
        ({"registration_number": "1" * 41}, "registration_number", "too_long"),
        ({"street": "s" * 201}, "street", "too_long"),
        ({"postcode": "p" * 21}, "postcode", "too_long"),
        ({"city": "c" * 101}, "city", "too_long"),
        ({"closed_reason": "r" * 201}, "closed_reason", "too_long"),
        ({"website": "www.company.example"}, "website", "website_form"),
        ({"website": "ftp://company.example"}, "website", "website_form"),
        ({"website": "javascript:alert(1)"}, "website", "website_form"),
        ({"website": "https://user@company.example"}, "website", "website_form"),
        ({"website": "https://company.example:port"}, "website", "website_form"),
        ({"website": "https://[::1"}, "website", "website_form"),
        ({"website": "https://c.example/" + "x" * 200}, "website", "too_long"),
        ({"contact_email": "nobody"}, "contact_email", "email_form"),
        ({"contact_email": "a@b.example|c@d"}, "contact_email", "email_form"),
        ({"contact_email": "a@b.example\r\nBcc: c@d.example"}, "contact_email", "email_form"),
        ({"contact_email": "|".join(f"a{n}@b.example" for n in range(501))}, "contact_email", "too_many_items"),
        ({"email_domains": "no domain"}, "email_domains", "domain_form"),
        ({"email_domains": "b.example|localhost"}, "email_domains", "domain_form"),
        ({"kind": "friend"}, "kind", "kind_unknown"),
        ({"categories": "series_parts|toys"}, "categories", "category_unknown"),
        ({"sites": "!:Plant"}, "sites", "site_form"),
        ({"sites": ":Plant"}, "sites", "site_form"),
        ({"sites": "01:A|01:B"}, "sites", "site_twice"),
        ({"sites": "01:" + "n" * 201}, "sites", "too_long"),
        ({"sucos": "not a suco!"}, "sucos", "suco_form"),
        ({"sucos": "S" * 21}, "sucos", "suco_form"),
        ({"successor_cofor": "short"}, "successor_cofor", "cofor_length"),
        ({"successor_cofor": "ab12cd"}, "successor_cofor", "own_successor"),
    ],
)
def test_it_refuses_a_cell_that_cannot_be_kept(cells: dict[str, str], column: str, code: str) -> None:
    assert refusals(one_row(**cells)) == {2: [(column, code)]}


def test_it_says_all_there_is_to_correct_in_a_row_at_once() -> None:
    assert refusals(one_row(country="ZZ", duns="1", kind="friend")) == {
        2: [("country", "country_unknown"), ("duns", "duns_length"), ("kind", "kind_unknown")]
    }


def test_every_refusal_has_words_that_quote_what_is_wrong() -> None:
    with plan(one_row(duns="12-34", name="A\x1b[31m")) as change_set:
        [note] = change_set.refusals()
    assert [reason.message for reason in note.reasons] == [
        "The cell holds a character that cannot be seen (U+001B). Remove it.",
        "“12-34” has 4 digits; a D-U-N-S Number has 9.",
    ]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        *((word, True) for word in ("true", "TRUE", "yes", "1", "oui", "Vrai")),
        *((word, False) for word in ("false", "No", "0", "non", "FAUX")),
    ],
)
def test_active_is_read_in_words_of_both_languages(typed: str, kept: bool, take_in: Importer) -> None:
    take_in(one_row(active=typed, closed_reason="Wound up"))
    assert Company.objects.get().active is kept


def test_a_formula_is_kept_as_the_text_it_is(take_in: Importer) -> None:
    take_in(one_row(name="=1+1 & Sons", city="@SUM(A1)"))
    company = Company.objects.get()
    assert (company.name, company.city) == ("=1+1 & Sons", "@SUM(A1)")


def test_both_lines_of_a_code_that_stands_twice_are_refused() -> None:
    file = csv_file({"cofor": "AB12CD"}, {"cofor": "ZZ99ZZ"}, {"cofor": "ab 12 cd"})
    with plan(file) as change_set:
        notes = list(change_set.refusals())
    assert [note.line for note in notes] == [2, 4]
    assert notes[0].reasons[0].facts == {"value": "AB12CD", "lines": "2, 4"}
    assert change_set.counts[Effect.CREATED] == 1


def test_a_code_that_stands_twice_is_found_on_a_line_refused_for_another_reason() -> None:
    found = refusals(csv_file({"cofor": "AB12CD"}, {"cofor": "AB12CD", "country": "ZZ"}))
    assert found == {2: [("cofor", "cofor_twice")], 3: [("country", "country_unknown"), ("cofor", "cofor_twice")]}


def test_a_number_or_suco_that_stands_twice_in_the_file_is_refused() -> None:
    columns = [*PLAIN, "duns", "sucos"]
    file = csv_file(
        {"cofor": "AAAAAA", "duns": "123456789", "sucos": "S1|S2"},
        {"cofor": "BBBBBB", "duns": "12-345-6789"},
        {"cofor": "CCCCCC", "sucos": "s2"},
        {"cofor": "DDDDDD"},
        columns=columns,
    )
    assert refusals(file) == {
        2: [("duns", "duns_twice"), ("sucos", "suco_twice")],
        3: [("duns", "duns_twice")],
        4: [("sucos", "suco_twice")],
    }


def test_a_number_or_suco_of_another_company_is_refused(take_in: Importer) -> None:
    take_in(one_row(cofor="AAAAAA", duns="123456789", sucos="S1"))
    file = csv_file(
        {"cofor": "BBBBBB", "duns": "123456789"},
        {"cofor": "CCCCCC", "sucos": "S1"},
        columns=[*PLAIN, "duns", "sucos"],
    )
    assert refusals(file) == {2: [("duns", "duns_taken")], 3: [("sucos", "suco_taken")]}


def test_companies_may_exchange_numbers_and_sucos_in_one_file(take_in: Importer) -> None:
    columns = [*PLAIN, "duns", "sucos"]
    take_in(
        csv_file(
            {"cofor": "AAAAAA", "duns": "123456789", "sucos": "S1|S3"},
            {"cofor": "BBBBBB", "duns": "987654321", "sucos": "S2"},
            columns=columns,
        )
    )
    take_in(
        csv_file(
            {"cofor": "AAAAAA", "duns": "987654321", "sucos": "S2|S3"},
            {"cofor": "BBBBBB", "duns": "123456789", "sucos": "S1"},
            {"cofor": "CCCCCC", "duns": "111222333"},
            columns=columns,
        )
    )
    assert dict(Company.objects.values_list("cofor", "duns")) == {
        "AAAAAA": "987654321",
        "BBBBBB": "123456789",
        "CCCCCC": "111222333",
    }
    first = Company.objects.get(cofor="AAAAAA")
    assert sorted(first.sucos.values_list("code", flat=True)) == ["S2", "S3"]


def test_a_number_is_not_free_when_the_line_that_gives_it_up_is_refused(take_in: Importer) -> None:
    columns = [*PLAIN, "duns"]
    for cofor, duns in (("AAAAAA", "111111112"), ("BBBBBB", "111111113"), ("CCCCCC", "111111114")):
        take_in(one_row(cofor=cofor, duns=duns))
    file = csv_file(
        {"cofor": "AAAAAA", "duns": "111111113"},  # wants B's, which B would give up
        {"cofor": "BBBBBB", "duns": "111111114"},  # wants C's, which C would give up
        {"cofor": "CCCCCC", "duns": "", "country": "ZZ"},  # but C's line is refused
        columns=columns,
    )
    assert refusals(file) == {
        2: [("duns", "duns_taken")],
        3: [("duns", "duns_taken")],
        4: [("country", "country_unknown")],
    }


def test_a_row_with_too_few_or_too_many_cells_is_refused() -> None:
    file = raw_file(b"cofor,name,country,active\nAAAAAA,Name,FR\nBBBBBB,Name, Ltd,FR,true\nCCCCCC,Name,FR,true,,\n")
    found = refusals(file)
    assert found[2][0] == ("", "cells_missing")
    assert ("", "cells_too_many") in found[3]
    assert 4 not in found  # empty cells at the end do no harm


@pytest.mark.parametrize(
    ("heading", "code", "words"),
    [
        ("cofor,name,country,active,colour", "file_columns_unknown", "“colour”"),
        ("cofor,name,country,active,vatnumber", "file_columns_unknown", "“vatnumber” (vat_number?)"),
        ("cofor,name,country,active,name", "file_columns_twice", "name"),
        ("name,country", "file_columns_missing", "cofor, active"),
        ("", "file_empty", "contact_email"),
        ("AAAAAA,Name,FR,true", "file_columns_unknown", "cofor, name, duns"),
    ],
)
def test_a_heading_that_leaves_doubt_stops_the_file(heading: str, code: str, words: str) -> None:
    with pytest.raises(FileRefused) as refusal:
        plan(raw_file(f"{heading}\nAAAAAA,Name,FR,true\n".encode() if heading else b""))
    assert refusal.value.code == code
    assert words in refusal.value.message


@pytest.mark.parametrize(
    ("cells", "codes"),
    [
        ({"vat_number": "FR00000000000"}, ["vat_doubtful"]),
        ({"vat_number": "FR 40 303 265 045"}, []),
        ({"vat_number": "DE136695976"}, []),  # a number of another country than the company's
        ({"vat_number": "DE136695977"}, ["vat_doubtful"]),
        ({"country": "GR", "vat_number": "EL094259216"}, []),
        ({"country": "US", "vat_number": "whatever"}, []),
        ({"country": "FR", "vat_number": "٣٤ß"}, ["vat_doubtful"]),
        ({"active": "false"}, ["closed_reason_missing"]),
        ({"active": "false", "closed_reason": ""}, ["closed_reason_missing"]),
        ({"active": "false", "closed_reason": "Wound up"}, []),
        ({"active": "true", "closed_reason": "Wound up"}, ["closed_reason_unused"]),
        ({"email_domains": "company.example|gmail.com"}, ["domain_free"]),
        ({"active": "false", "closed_reason": "Merged", "successor_cofor": "ZZ99ZZ"}, ["successor_unknown"]),
    ],
)
def test_it_points_out_what_is_doubtful_and_takes_it_in(
    cells: dict[str, str], codes: list[str], take_in: Importer
) -> None:
    assert remarks(one_row(**cells)).get(2, []) == codes
    take_in(one_row(**cells))
    assert remarks(one_row(**cells)) == {}  # said once, not every night


def test_a_successor_that_stands_in_the_same_file_is_known() -> None:
    file = csv_file(
        {"cofor": "AAAAAA", "active": "false", "closed_reason": "Merged", "successor_cofor": "BBBBBB"},
        {"cofor": "BBBBBB"},
        columns=[*PLAIN, "closed_reason", "successor_cofor"],
    )
    assert remarks(file) == {}
