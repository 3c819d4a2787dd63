"""Which files an import reads: CSV as people's tools write it, XLSX, and what hostile ones come to (H2)."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest

from passerelle.suppliers.models import Company
from passerelle.suppliers.rules import sheets
from passerelle.suppliers.rules.reasons import FileRefused
from tests.suppliers.conftest import Importer
from tests.suppliers.files import PLAIN, csv_file, plan, raw_file, refusals, xlsx_file

pytestmark = pytest.mark.django_db

HEAD = b"cofor,name,country,active\n"


def stopped(data: bytes) -> FileRefused:
    with pytest.raises(FileRefused) as refusal:
        plan(raw_file(data))
    assert refusal.value.message
    return refusal.value


@pytest.mark.parametrize(
    "data",
    [
        b"cofor,name,country,active\nAB12CD,Name,FR,true\n",
        b"cofor;name;country;active\nAB12CD;Name;FR;true\n",
        b"\xef\xbb\xbfcofor;name;country;active\r\nAB12CD;Name;FR;true\r\n",
        b"\n\n Active , COUNTRY,Name,cofor\n\n,,,\ntrue,fr, Name ,ab12cd",
        b"cofor\rname".replace(b"\r", b",") + b",country,active\rAB12CD,Name,FR,true\r",
        b'"cofor";"name";"country";"active";;\n"AB12CD";"Name";"FR";"true";;\n',
    ],
)
def test_it_reads_csv_as_people_s_tools_write_it(data: bytes, take_in: Importer) -> None:
    assert take_in(raw_file(data)).created == 1
    company = Company.objects.get()
    assert (company.cofor, company.name, company.country, company.active) == ("AB12CD", "Name", "FR", True)


def test_a_quoted_cell_may_hold_separators_quotes_and_line_breaks(take_in: Importer) -> None:
    file = raw_file(HEAD + b'AAAAAA,"Mills, ""Arve""\nand sons",FR,true\nBBBBBB,Name,ZZ,true\n')
    assert refusals(file) == {4: [("country", "country_unknown")]}  # the line as an editor counts it
    file.seek(0)
    take_in(file, accept_valid=True)
    assert Company.objects.get().name == 'Mills, "Arve" and sons'


def test_another_encoding_is_refused_with_its_line() -> None:
    refusal = stopped(HEAD + b"AAAAAA,Name,FR,true\n" * 3000 + "BBBBBB,Société,FR,true\n".encode("latin-1"))
    assert (refusal.code, refusal.facts["line"]) == ("file_encoding", 3002)
    assert stopped("cofor,name,country,active\nAB12CD,é,FR,true".encode("utf-16")).code == "file_encoding"


@pytest.mark.parametrize(
    ("rows", "line"),
    [(b'AAAAAA,"Name,FR,true\n', 2), (b'AAAAAA,Name,FR,true\nBBBBBB,"Na"me,FR,true\n', 3)],
)
def test_quotes_that_do_not_pair_up_are_refused_with_their_line(rows: bytes, line: int) -> None:
    refusal = stopped(HEAD + rows)
    assert (refusal.code, refusal.facts["line"]) == ("file_quotes", line)


def test_a_cell_of_a_megabyte_is_refused() -> None:
    refusal = stopped(HEAD + b"AAAAAA," + b"x" * 900_000 + b",FR,true\n")
    assert (refusal.code, refusal.facts["line"]) == ("file_cell_too_long", 2)
    assert stopped(HEAD + b"AAAAAA," + b"x" * 1_100_000 + b",FR,true\n").code == "file_line_too_long"
    assert stopped(HEAD + b'AAAAAA,"' + b"x\n" * 500_000 + b'",FR,true\n').code == "file_cell_too_long"


def test_a_cell_of_a_hundred_kilobytes_refuses_its_row_only() -> None:
    assert refusals(csv_file({"cofor": "AAAAAA", "name": "x" * 100_000})) == {2: [("name", "too_long")]}


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf", b",,,\n"])
def test_an_empty_file_is_refused(data: bytes) -> None:
    assert stopped(data).code == "file_empty"


def test_a_file_with_its_heading_only_changes_nothing(take_in: Importer) -> None:
    assert take_in(raw_file(HEAD)).created == 0


@pytest.mark.parametrize(
    "data", [b"\x00" * 5000, bytes(range(256)) * 20, b"\xff\xfe\x00", b"%PDF-1.7\n%\xe2\xe3", b"<html></html>", b"{}"]
)
def test_a_file_of_another_kind_is_refused(data: bytes) -> None:
    assert stopped(data).code.startswith("file_")


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 3)
    assert stopped(HEAD + b"AAAAAA,Name,FR,true\n" * 4).code == "file_too_many_rows"


# ---------------------------------------------------------------- workbooks


def test_it_reads_a_workbook(take_in: Importer) -> None:
    done = take_in(
        xlsx_file(
            [*PLAIN, "duns", "postcode", "sites", "city"],
            ["AB12CD", "Name", "FR", True, 12345678, 1000, "01:Plant", None],
            [None] * 8,
            [123456, "Other", "DE", 0, "12-345-6789", date(2026, 3, 2), None, "Bonn"],
            formats={"E2": "000000000", "F2": "00000"},
        )
    )
    assert (done.created, done.refused) == (2, 0)
    first, second = Company.objects.order_by("name")
    assert (first.cofor, first.duns, first.postcode, first.active) == ("AB12CD", "012345678", "01000", True)
    assert (second.cofor, second.active, second.postcode, second.city) == ("123456", False, "2026-03-02", "Bonn")


def test_a_number_that_lost_its_zeros_is_never_taken_for_another_code() -> None:
    file = xlsx_file([*PLAIN], [12345, "Name", "FR", "true"])
    assert refusals(file) == {2: [("cofor", "cofor_length")]}


def test_a_nine_digit_number_keeps_the_zeros_it_begins_with(take_in: Importer) -> None:
    take_in(xlsx_file([*PLAIN, "duns"], ["AB12CD", "Name", "FR", "true", 12345678]))
    assert Company.objects.get().duns == "012345678"
    assert refusals(xlsx_file([*PLAIN, "duns"], ["ZZ99ZZ", "Name", "FR", "true", 12])) == {2: [("duns", "duns_length")]}


def test_the_lines_of_a_workbook_are_those_it_shows() -> None:
    file = xlsx_file([None], [*PLAIN], [None], ["AB12CD", "Name", "ZZ", True])
    assert refusals(file) == {4: [("country", "country_unknown")]}


def test_a_failed_formula_is_refused() -> None:
    assert refusals(xlsx_file([*PLAIN], ["AB12CD", "#N/A", "FR", True])) == {2: [("name", "formula_failed")]}


def test_an_old_workbook_is_told_apart() -> None:
    assert stopped(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600).code == "file_old_workbook"


def repacked(name: str, data: bytes) -> bytes:
    """A workbook of which one part is replaced or added."""
    source, target = zipfile.ZipFile(xlsx_file([*PLAIN], ["AB12CD", "Name", "FR", True])), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in {*source.namelist(), name}:
            archive.writestr(part, data if part == name else source.read(part))
    return target.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
_OPEN = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


def test_a_workbook_that_unpacks_to_a_giant_is_refused_before_it_is_unpacked() -> None:
    assert stopped(repacked(SHEET, b"0" * (sheets.MOST_UNPACKED + 1))).code == "file_too_large"


def test_shared_texts_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_SHARED", 100)
    assert stopped(repacked("xl/sharedStrings.xml", b"0" * 101)).code == "file_too_large"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not XML",
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>',
        f'{_OPEN}<row r="x"><c r="!!"><v>1</v></c></row>'.encode(),
        f'{_OPEN}<row r="1"><c r="A1" t="s"><v>999999</v></c></row></sheetData></worksheet>'.encode(),
        f'{_OPEN}<row r="1"><c r="A1" t="n"><v>{"9" * 5000}</v></c></row></sheetData></worksheet>'.encode(),
    ],
)
def test_a_damaged_or_hostile_workbook_is_refused(data: bytes) -> None:
    assert stopped(repacked(SHEET, data)).code.startswith("file_")


@pytest.mark.parametrize("part", ["[Content_Types].xml", "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"])
def test_a_workbook_with_an_entity_in_any_part_is_refused(part: str) -> None:
    data = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
    assert stopped(repacked(part, data)).code == "file_not_workbook"


def test_rows_far_down_and_columns_far_right_cost_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 1000)
    far = f'{_OPEN}<row r="99999999"><c r="ZZZ99999999"><v>1</v></c></row></sheetData></worksheet>'
    assert stopped(repacked(SHEET, far.encode())).code == "file_too_many_rows"


@pytest.mark.parametrize("cut", [4, 30, 200, 1000, 3000])
def test_a_cut_workbook_is_refused(cut: int) -> None:
    data = xlsx_file([*PLAIN], ["AB12CD", "Name", "FR", True]).read()
    assert stopped(data[:cut]).code == "file_not_workbook"


def test_a_zip_that_is_no_workbook_is_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("hello.txt", "hello")
    assert stopped(file.getvalue()).code == "file_not_workbook"
