"""Reading the rows of an import file: the heading once, then each row to the facts it gives or why it is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import stdnum
from rapidfuzz import process

from passerelle.brand import Brand
from passerelle.suppliers.enums import Effect
from passerelle.suppliers.rules.cells import Cells
from passerelle.suppliers.rules.changes import COLUMNS, MANDATORY, NOT_GIVEN, Change, Facts
from passerelle.suppliers.rules.reasons import FileRefused, Reason, Unfit, clipped


@dataclass(slots=True)
class Row:
    """A row as it was read. With `reasons` it is refused, and `facts` hold only what could be read."""

    line: int
    cofor: str = ""
    facts: Facts = field(default_factory=dict)
    reasons: list[Reason] = field(default_factory=list)


class Rows:
    """Reads the rows under one heading. Raises `FileRefused` for a heading that leaves doubt about any column."""

    def __init__(self, heading: Sequence[str], brand: Brand) -> None:
        columns = [cell.strip().lower() for cell in heading]
        while columns and not columns[-1]:
            columns.pop()
        _check_heading(columns)
        self.columns = columns
        readers = Cells(brand).read
        self.readers = [(index, column, readers[column]) for index, column in enumerate(columns) if column]
        self.nameless = [index for index, column in enumerate(columns) if not column]
        # An empty cell clears; what that means is the same for every row, so it is read once (decision 32).
        self.cleared = {column: readers[column]("") for column in columns if column and column not in MANDATORY}

    def read(self, line: int, cells: list[str]) -> Row:
        """One row. Every cell is read even if another is refused, so that all there is to correct is said at once."""
        row = Row(line)
        width = len(self.columns)
        beyond = [*cells[width:], *(cells[index] for index in self.nameless if index < len(cells))]
        if any(cell.strip() for cell in beyond):
            row.reasons.append(Reason("cells_too_many", facts={"expected": width}))
        if len(cells) < width:
            row.reasons.append(Reason("cells_missing", facts={"count": len(cells), "expected": width}))
            cells = cells + [""] * (width - len(cells))
        for index, column, read in self.readers:
            cell = cells[index]
            try:
                row.facts[column] = self.cleared[column] if not cell and column in self.cleared else read(cell)
            except Unfit as unfit:
                row.reasons.append(Reason(unfit.code, column, unfit.facts))
        row.cofor = str(row.facts.pop("cofor", ""))
        if row.cofor and row.facts.get("successor_cofor") == row.cofor:
            row.reasons.append(Reason("own_successor", "successor_cofor"))
        return row


def _check_heading(columns: Sequence[str]) -> None:
    known = ", ".join(COLUMNS)
    if not columns:
        raise FileRefused("file_empty", known=known)
    named = [column for column in columns if column]
    if unknown := [column for column in named if column not in COLUMNS]:
        raise FileRefused("file_columns_unknown", columns=", ".join(map(_with_hint, unknown[:20])), known=known)
    if twice := sorted({column for column in named if named.count(column) > 1}):
        raise FileRefused("file_columns_twice", columns=", ".join(twice))
    if missing := [column for column in MANDATORY if column not in named]:
        raise FileRefused("file_columns_missing", columns=", ".join(missing))


def _with_hint(column: str) -> str:
    near = process.extractOne(column, COLUMNS, score_cutoff=75)
    return f"“{clipped(column)}” ({near[0]}?)" if near else f"“{clipped(column)}”"


def remarks(change: Change, given: Facts, free_domains: frozenset[str]) -> list[Reason]:
    """What is worth knowing about a row that will be written, but no ground to refuse it."""
    found: list[Reason] = []
    if change.effect is Effect.UNCHANGED:
        return found
    vat_number = str(change.new.get("vat_number", ""))
    if vat_number and is_vat_doubtful(vat_number, str(given["country"])):
        found.append(Reason("vat_doubtful", "vat_number", {"value": clipped(vat_number)}))
    if change.new.get("closed_reason") == NOT_GIVEN:
        found.append(Reason("closed_reason_missing", "closed_reason"))
    if given["active"] and given.get("closed_reason"):
        found.append(Reason("closed_reason_unused", "closed_reason"))
    domains, before = change.new.get("email_domains", ()), change.old.get("email_domains", ())
    if isinstance(domains, tuple) and isinstance(before, tuple):
        found += [
            Reason("domain_free", "email_domains", {"value": str(domain)})
            for domain in domains
            if domain in free_domains and domain not in before
        ]
    return found


def is_vat_doubtful(number: str, country: str) -> bool:
    """Whether a VAT number fails the check of the country in its prefix, else of the company's. Unknown rules pass."""
    for code in (number[:2].lower(), country.lower()):
        module = stdnum.get_cc_module(code, "vat") if code.isascii() and code.isalpha() else None
        if module is not None:
            try:
                return not module.is_valid(number)
            except Exception:  # some checks fall over signs that their country does not use
                return True
    return False
