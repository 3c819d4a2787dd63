"""Why a cell, a row or a file is refused, and what is only pointed out: a stable code each, and its words."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from passerelle.core.errors import Refused

MESSAGES = {
    # The file as a whole.
    "file_empty": _("The file has no content. Its first line must name the columns: %(known)s."),
    "file_encoding": _("Line %(line)s is not UTF-8. Save the file again as “CSV UTF-8”."),
    "file_quotes": _(
        "From line %(line)s the quotation marks do not pair up (%(detail)s). Close each cell with the mark that opened "
        "it, and write a quotation mark within a cell twice."
    ),
    "file_cell_too_long": _("Line %(line)s holds a cell of more than %(most)s characters. Shorten it."),
    "file_line_too_long": _("Line %(line)s is longer than %(most)s characters. Check that the file is a CSV file."),
    "file_too_many_rows": _("The file has more than %(most)s rows. Split it into several files."),
    "file_too_large": _("Unpacked, the workbook is larger than %(most)s MB. Save it as CSV, or split it."),
    "file_not_workbook": _(
        "The file is not an XLSX workbook that can be read. Save it again as XLSX, or as CSV UTF-8."
    ),
    "file_old_workbook": _(
        "The file is a workbook of the old XLS format, or one with a password. Save it as XLSX without a password, "
        "or as CSV UTF-8."
    ),
    "file_columns_unknown": _("Unknown columns: %(columns)s. The known ones are: %(known)s."),
    "file_columns_twice": _("Columns that stand more than once: %(columns)s. Keep one of each."),
    "file_columns_missing": _("Columns that are missing: %(columns)s. The first line must name them."),
    # A row.
    "cells_missing": _("The row has %(count)s cells where the first line has %(expected)s. Complete it."),
    "cells_too_many": _(
        "The row holds more than the %(expected)s columns of the first line. Put cells that hold a separator in quotes."
    ),
    "cofor_twice": _("The COFOR %(value)s stands on several lines of the file: %(lines)s. Keep one."),
    "duns_twice": _(
        "The D-U-N-S Number %(value)s stands on several lines of the file: %(lines)s. It belongs to one company."
    ),
    "suco_twice": _("The SUCO %(value)s stands on several lines of the file: %(lines)s. It belongs to one company."),
    "duns_taken": _("The D-U-N-S Number %(value)s belongs to the company %(holder)s. Correct it, or clear it there."),
    "suco_taken": _("The SUCO %(value)s belongs to the company %(holder)s. Correct it, or remove it there."),
    "cofor_taken": _("The COFOR %(value)s belongs to another company."),
    # A cell.
    "missing": _("The cell is empty. This column must be filled in."),
    "control": _("The cell holds a character that cannot be seen (%(sign)s). Remove it."),
    "formula_failed": _("The cell holds %(value)s: a formula of the spreadsheet failed. Write the value."),
    "too_long": _("The cell has %(count)s characters; at most %(most)s can be kept."),
    "cofor_missing": _("The COFOR is missing."),
    "cofor_length": _("“%(value)s” has %(count)s characters; a COFOR has %(expected)s."),
    "cofor_characters": _("“%(value)s” cannot be a COFOR. Its form is %(form)s, for example %(example)s."),
    "duns_characters": _(
        "“%(value)s” is not a D-U-N-S Number: it has 9 digits, and blanks or hyphens between them at most."
    ),
    "duns_length": _("“%(value)s” has %(count)s digits; a D-U-N-S Number has 9."),
    "duns_repeated": _("“%(value)s” is not a D-U-N-S Number: its digits are all the same."),
    "country_unknown": _("“%(value)s” is not a country code of ISO 3166 with two letters, for example FR."),
    "active_unknown": _("“%(value)s” says neither true nor false. Write true or false."),
    "kind_unknown": _("“%(value)s” is not a kind of company. Write supplier or partner."),
    "category_unknown": _("“%(value)s” is not a category. The categories are: %(known)s."),
    "website_form": _("“%(value)s” is not a web address. Write it in full, for example https://www.company.example."),
    "email_form": _("“%(value)s” is not an e-mail address."),
    "domain_form": _("“%(value)s” is not a mail domain. Write it without the @, for example company.example."),
    "site_form": _("“%(value)s” is not a site. Write code:name, and | between sites; a code looks like %(example)s."),
    "site_twice": _("The site code %(value)s stands twice in the cell."),
    "suco_form": _("“%(value)s” is not a SUCO: letters and digits, at most 20, and | between codes."),
    "too_many_items": _("The cell lists %(count)s items; at most %(most)s can be kept."),
    "own_successor": _("A company cannot succeed itself."),
    # Only pointed out.
    "vat_doubtful": _("The VAT number “%(value)s” does not pass the check of its country. It is kept as it is."),
    "closed_reason_missing": _("The company is closed without a reason. “not given” is kept."),
    "closed_reason_unused": _("The company is active: the reason for closing is not kept."),
    "domain_free": _("Anybody can open a mailbox at %(value)s: it will not serve to recognise the company."),
    "successor_unknown": _("The successor %(value)s is not in the Suppliers Database yet."),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing to correct or to know. `column` is empty where it concerns the whole row."""

    code: str
    column: str = ""
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """The sentence in the current language; what it quotes is shortened and made visible."""
        shown = {name: shown_text(value) if isinstance(value, str) else value for name, value in self.facts.items()}
        return gettext(MESSAGES[self.code]) % shown

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, "column": self.column, "facts": self.facts}


class Unfit(Refused):
    """A cell cannot be kept, for a reason."""


class FileRefused(Refused):
    """The file cannot be read as a whole; `code` is one of the file_… reasons, `facts["line"]` the line, if any."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code, field="file", **facts)

    @property
    def message(self) -> str:
        return Reason(self.code, facts=dict(self.facts)).message


def shown_text(text: str, most: int = 300) -> str:
    """Text of unknown origin for a screen or a terminal: one line, cut, without characters that steer either."""
    text = text if len(text) <= most else text[: most - 1] + "…"
    return "".join("\ufffd" if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} else c for c in text)


def clipped(text: str) -> str:
    """What a reason quotes of a cell."""
    return shown_text(text, 60)
