"""Reading the lines of an import file: CSV or XLSX, told apart by their first bytes, never by the name.

Both are read row by row, so that memory stays flat whatever the size. Nothing here knows what a cell means.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
import warnings
import zipfile
from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date, datetime, time
from functools import partial
from typing import Any, BinaryIO

import openpyxl

from passerelle.suppliers.rules.reasons import FileRefused

Row = tuple[int, list[str]]  # the line on which the row begins, and its cells

MOST_ROWS = 20_000_000
MOST_LINE = 1_000_000
MOST_CELL = 131_072  # the csv module's own bound
MOST_COLUMNS = 40  # twice those that can be known; more are never looked at
MOST_UNPACKED = 400_000_000
MOST_SHARED = 100_000_000  # the table of shared texts is the one part of a workbook that is held in memory
_BATCH = 500
_ZEROS = re.compile(r"0+")


def read_sheet(file: BinaryIO, known: Collection[str], digits: Mapping[str, int]) -> Generator[Row, None, None]:
    """The rows of the file from its heading on; lines without any content are passed over.

    `known` are the column names by which the separator of a CSV file is recognised. `digits` tells how many digits
    the numbers of a column have: a workbook drops the zeros they begin with. Raises `FileRefused`, possibly after
    some rows, when the file cannot be read any further.
    """
    start = file.read(8)
    file.seek(0)
    if start.startswith(b"PK\x03\x04"):
        rows = _workbook(file, digits)
    elif start.startswith(b"\xd0\xcf\x11\xe0"):
        raise FileRefused("file_old_workbook")
    else:
        rows = _csv(file, known)
    with closing(rows):
        for count, (line, cells) in enumerate(rows):
            if count > MOST_ROWS:
                raise FileRefused("file_too_many_rows", most=MOST_ROWS)
            if any(cell and not cell.isspace() for cell in cells):
                yield line, cells


def _csv(file: BinaryIO, known: Collection[str]) -> Generator[Row, None, None]:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    begun = 1
    try:
        lines = _lines(text)
        head: list[str] = []
        for line in lines:
            head.append(line)
            if line.strip():
                break
        separator = _separator(head[-1], known) if head else ","
        reader = csv.reader(itertools.chain(head, lines), delimiter=separator, strict=True)
        for cells in reader:
            yield begun, cells
            begun = reader.line_num + 1
    except UnicodeDecodeError:
        raise FileRefused("file_encoding", line=_line_not_utf8(file)) from None
    except csv.Error as error:
        if "field limit" in str(error):
            raise FileRefused("file_cell_too_long", line=begun, most=MOST_CELL) from None
        raise FileRefused("file_quotes", line=begun, detail=str(error)) from None
    finally:
        text.detach()  # closing the file is the caller's business


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    for number, line in enumerate(iter(partial(text.readline, MOST_LINE), ""), 1):
        if len(line) == MOST_LINE:
            raise FileRefused("file_line_too_long", line=number, most=MOST_LINE)
        yield line


def _separator(heading: str, known: Collection[str]) -> str:
    def recognised(separator: str) -> int:
        return sum(cell.strip(' "\r\n').lower() in known for cell in heading.split(separator))

    return max(",;", key=recognised)  # the comma where both recognise as many


def _line_not_utf8(file: BinaryIO) -> int:
    """The line of the first byte that is no UTF-8; the decoder only knows its own buffer."""
    file.seek(0)
    for number, raw in enumerate(iter(partial(file.readline, 4 * MOST_LINE), b""), 1):
        try:
            raw.decode()
        except UnicodeDecodeError:
            return number
    return 1


def _workbook(file: BinaryIO, digits: Mapping[str, int]) -> Generator[Row, None, None]:
    """The rows of the first worksheet. Bounded before anything is unpacked; whatever is damaged is one refusal."""
    try:
        _check_size(file)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and validations, of no interest here
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its size is often wrong
        rows = enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), 1)
        heading: list[str] = []
        lengths: Sequence[int] = ()
        while batch := _next_rows(rows):
            for line, row in batch:
                cells = _cells(line, row, lengths)
                if not heading:
                    heading = cells
                    lengths = [digits.get(cell.strip().lower(), 0) for cell in heading]
                # A workbook does not keep empty cells at the end of a row; the heading says how many there are.
                yield line, cells + [""] * (len(heading) - len(cells))
    except FileRefused:
        raise
    except Exception as error:  # openpyxl, zipfile and the XML parser raise nearly anything on damaged files
        raise FileRefused("file_not_workbook") from error


def _check_size(file: BinaryIO) -> None:
    # zipfile unpacks no more than what the directory declares, so the declared sizes are a true bound.
    with zipfile.ZipFile(file) as archive:
        parts = archive.infolist()
        shared = max((part.file_size for part in parts if part.filename.lower().endswith("strings.xml")), default=0)
        if sum(part.file_size for part in parts) > MOST_UNPACKED or shared > MOST_SHARED:
            raise FileRefused("file_too_large", most=MOST_UNPACKED // 1_000_000)
        for part in parts:
            if part.filename.endswith((".xml", ".rels")):
                with archive.open(part) as opened:
                    if b"<!DOCTYPE" in opened.read(65_536):
                        raise FileRefused("file_not_workbook")
    file.seek(0)


def _next_rows(rows: Iterator[tuple[int, Any]]) -> list[tuple[int, Any]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return list(itertools.islice(rows, _BATCH))


def _cells(line: int, row: Sequence[Any], lengths: Sequence[int]) -> list[str]:
    cells = [_cell_text(cell, length) for cell, length in itertools.zip_longest(row, lengths[: len(row)], fillvalue=0)]
    if any(len(cell) > MOST_CELL for cell in cells):
        raise FileRefused("file_cell_too_long", line=line, most=MOST_CELL)
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _cell_text(cell: Any, digits: int) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number_text(value, cell.number_format or "", digits)
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()  # a workbook has no dates, only midnights
    return value.isoformat() if isinstance(value, datetime | date) else str(value)


def _number_text(value: float, number_format: str, digits: int) -> str:
    """A number as it is shown: a format made of zeros ("000000") keeps the zeros a code begins with.

    Without one, two zeros at most are put back where the length is known: more is a mistake, not a lost zero.
    """
    if not float(value).is_integer() or abs(value) >= 1e15:
        return str(value)
    text = str(int(value))
    if _ZEROS.fullmatch(number_format):
        return text.zfill(len(number_format))
    return text.zfill(digits) if len(text) >= digits - 2 else text
