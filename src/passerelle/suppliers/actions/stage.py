"""Where an import is prepared: a private file on disk, so that memory stays flat for a million rows.

It is an unnamed SQLite database that vanishes when it is closed; it has nothing to do with the portal's own database.
"""

from __future__ import annotations

import marshal
import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any

from passerelle.suppliers.enums import Effect
from passerelle.suppliers.rules.changes import Change
from passerelle.suppliers.rules.reasons import Reason
from passerelle.suppliers.rules.rows import Row

_TABLES = """
CREATE TABLE rows (line INTEGER PRIMARY KEY, cofor TEXT NOT NULL, duns TEXT NOT NULL, facts BLOB);
CREATE TABLE sucos (line INTEGER NOT NULL, code TEXT NOT NULL);
CREATE TABLE reasons (line INTEGER NOT NULL, refused INTEGER NOT NULL, code TEXT, place TEXT, facts BLOB);
CREATE TABLE changes (line INTEGER PRIMARY KEY, cofor TEXT NOT NULL, effect TEXT NOT NULL, change BLOB NOT NULL);
"""
_INDEXES = """
CREATE INDEX rows_cofor ON rows (cofor);
CREATE INDEX rows_duns ON rows (duns) WHERE duns <> '';
CREATE INDEX sucos_code ON sucos (code);
"""
BATCH = 500
_SHOWN = 10  # lines named in one reason


class Stage:
    """The rows of a file, what is wrong with them, and the changes they lead to."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _TABLES)
        self._db.execute("BEGIN")

    def close(self) -> None:
        self._db.close()

    def add_rows(self, rows: Iterable[Row]) -> None:
        """Keep rows as they were read; of refused ones the codes stay, to find what stands twice."""
        rows = list(rows)
        self._db.executemany(
            "INSERT INTO rows VALUES (?, ?, ?, ?)",
            [
                (row.line, row.cofor, str(row.facts.get("duns", "")), None if row.reasons else _packed(row.facts))
                for row in rows
            ],
        )
        sucos = [(row.line, code) for row in rows for code in _texts(row.facts.get("sucos"))]
        self._db.executemany("INSERT INTO sucos VALUES (?, ?)", sucos)
        for row in rows:
            self.add_reasons(row.line, row.reasons, refused=True)

    def add_reasons(self, line: int, reasons: Iterable[Reason], *, refused: bool) -> None:
        """Say why a line is refused, or what is worth knowing about it."""
        self._db.executemany(
            "INSERT INTO reasons VALUES (?, ?, ?, ?, ?)",
            [(line, refused, reason.code, reason.column, _packed(reason.facts)) for reason in reasons],
        )

    def refuse_doubles(self) -> None:
        """Refuse every line whose code stands on another line too: nobody can tell which one is right."""
        self._db.executescript(_INDEXES)  # made now, in one go: rows are not sought before
        for table, place, column, code in (
            ("rows", "cofor", "cofor", "cofor_twice"),
            ("rows", "duns", "duns", "duns_twice"),
            ("sucos", "code", "sucos", "suco_twice"),
        ):
            found = f"SELECT {place} FROM {table} WHERE {place} <> '' GROUP BY {place} HAVING count(*) > 1"  # noqa: S608  names from above
            for (value,) in self._db.execute(found).fetchall():
                where = f"SELECT line FROM {table} WHERE {place} = ? ORDER BY line"  # noqa: S608  names from above
                lines = [line for (line,) in self._db.execute(where, [value])]
                shown = ", ".join(map(str, lines[:_SHOWN])) + (" …" if len(lines) > _SHOWN else "")
                for line in lines:
                    self.add_reasons(line, [Reason(code, column, {"value": value, "lines": shown})], refused=True)

    def batches(self) -> Iterator[list[Row]]:
        """The rows that are not refused, in the file's order."""
        cursor = self._db.execute(
            "SELECT line, cofor, facts FROM rows WHERE facts IS NOT NULL"
            " AND line NOT IN (SELECT line FROM reasons WHERE refused) ORDER BY line"
        )
        while batch := cursor.fetchmany(BATCH):
            yield [Row(line, cofor, _unpacked(facts)) for line, cofor, facts in batch]

    def known(self, cofors: Iterable[str]) -> set[str]:
        """Which of the codes stand in the file."""
        find = "SELECT 1 FROM rows WHERE cofor = ?"
        return {cofor for cofor in cofors if self._db.execute(find, [cofor]).fetchone()}

    def add_changes(self, changes: Iterable[Change]) -> None:
        self._db.executemany(
            "INSERT INTO changes VALUES (?, ?, ?, ?)",
            [
                (change.line, change.cofor, change.effect.value, _packed((change.name, change.old, change.new)))
                for change in changes
            ],
        )

    def index_changes(self) -> None:
        self._db.execute("CREATE INDEX changes_cofor ON changes (cofor)")

    def change_of(self, cofor: str) -> Change | None:
        found = self._db.execute("SELECT line, cofor, effect, change FROM changes WHERE cofor = ?", [cofor]).fetchone()
        return _change(*found) if found else None

    def drop_change(self, line: int) -> None:
        self._db.execute("DELETE FROM changes WHERE line = ?", [line])

    def changes(self, effect: Effect | None = None) -> Iterator[Change]:
        where, given = ("WHERE effect = ?", [effect.value]) if effect else ("", [])
        cursor = self._db.execute(f"SELECT line, cofor, effect, change FROM changes {where} ORDER BY line", given)  # noqa: S608
        while batch := cursor.fetchmany(BATCH):
            yield from (_change(*row) for row in batch)

    def count_changes(self) -> dict[Effect, int]:
        rows = self._db.execute("SELECT effect, count(*) FROM changes GROUP BY effect")
        return {Effect(effect): count for effect, count in rows}

    def count_lines(self, *, refused: bool) -> int:
        """Lines that are refused, or lines that are taken in and have something worth knowing."""
        return int(self._db.execute(f"SELECT count(DISTINCT line) {_OF_LINES}", [refused]).fetchone()[0])

    def reasons(self, *, refused: bool) -> Iterator[tuple[int, str, Reason]]:
        """Line, COFOR and reason, line by line."""
        cursor = self._db.execute(
            f"SELECT reasons.line, rows.cofor, code, place, reasons.facts {_OF_LINES} ORDER BY reasons.line, number",
            [refused],
        )
        while batch := cursor.fetchmany(BATCH):
            for line, cofor, code, place, facts in batch:
                yield line, cofor, Reason(code, place, _unpacked(facts))


_OF_LINES = (
    "FROM (SELECT rowid AS number, * FROM reasons WHERE refused = ?1"
    " AND (refused OR line NOT IN (SELECT line FROM reasons WHERE refused))) AS reasons JOIN rows USING (line)"
)


def _texts(value: object) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()


def _packed(value: Any) -> bytes:
    return marshal.dumps(value)


def _unpacked(data: bytes) -> Any:
    return marshal.loads(data)  # noqa: S302  written above by this very process, into a file nobody else can open


def _change(line: int, cofor: str, effect: str, data: bytes) -> Change:
    name, old, new = _unpacked(data)
    return Change(cofor, name, Effect(effect), old, new, line)
