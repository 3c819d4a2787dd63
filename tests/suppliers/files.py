"""Import files written in a line, for tests."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any, BinaryIO

import openpyxl

from passerelle.suppliers import actions

PLAIN = ("cofor", "name", "country", "active")


def csv_file(*rows: Sequence[str] | dict[str, str], columns: Sequence[str] = PLAIN, separator: str = ",") -> BinaryIO:
    """A CSV file. Rows given as a dict are completed: name "Name", country FR, active true."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator)
    writer.writerow(columns)
    for row in rows:
        if isinstance(row, dict):
            full = {"name": "Name", "country": "FR", "active": "true", **row}
            row = [full.get(column, "") for column in columns]
        writer.writerow(row)
    return raw_file(text.getvalue().encode())


def one_row(**cells: str) -> BinaryIO:
    """A CSV file of one row with the mandatory columns and those that are given."""
    given = {"cofor": "AB12CD", **cells}
    return csv_file(given, columns=[*PLAIN, *(column for column in given if column not in PLAIN)])


def raw_file(data: bytes) -> BinaryIO:
    return io.BytesIO(data)


def xlsx_file(*rows: Sequence[Any], formats: dict[str, str] | None = None) -> BinaryIO:
    """A workbook of one sheet; `formats` gives number formats by cell, such as {"A2": "000000"}."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(list(row))
    for cell, number_format in (formats or {}).items():
        sheet[cell].number_format = number_format
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


def plan(file: BinaryIO, **options: Any) -> actions.ChangeSet:
    return actions.plan(file, filename="suppliers.csv", **options)


def refusals(file: BinaryIO) -> dict[int, list[tuple[str, str]]]:
    """Line → column and code of each reason."""
    with plan(file) as change_set:
        return {note.line: [(reason.column, reason.code) for reason in note.reasons] for note in change_set.refusals()}


def remarks(file: BinaryIO) -> dict[int, list[str]]:
    with plan(file) as change_set:
        return {note.line: [reason.code for reason in note.reasons] for note in change_set.remarks()}
