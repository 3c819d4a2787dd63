"""Importing a file into the Suppliers Database: a change set that writes nothing, then its application (H2, I2)."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePath
from typing import Any, BinaryIO, Self

from django.db import IntegrityError, connection, transaction

from passerelle import brand
from passerelle.audit.record import record
from passerelle.audit.tags import Tag
from passerelle.core.actor import Actor
from passerelle.core.errors import Refused
from passerelle.suppliers.actions.stage import BATCH, Stage
from passerelle.suppliers.actions.write import facts_of, release, write
from passerelle.suppliers.enums import Effect, Source
from passerelle.suppliers.models import Import
from passerelle.suppliers.queries.facts import holders_of_duns, holders_of_sucos, known_cofors, stored
from passerelle.suppliers.rules.changes import COLUMNS, Change, compare
from passerelle.suppliers.rules.reasons import FileRefused, Reason, shown_text
from passerelle.suppliers.rules.rows import Row, Rows, remarks
from passerelle.suppliers.rules.sheets import read_sheet

_LOCK = 0x5041_5355  # any number, the same in every process: one import is applied at a time


@dataclass(frozen=True, slots=True)
class Note:
    """A line of the file, and what there is to say about it."""

    line: int
    cofor: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Consequence:
    """What a change means for people: found by whoever knows people, shown beside the change (I2, decision 32)."""

    cofor: str
    code: str
    message: str
    facts: dict[str, Any] = field(default_factory=dict)


# Given to `plan` by the conductor of the import: looks at the change set, answers what it means for people.
FindConsequences = Callable[["ChangeSet"], Iterable[Consequence]]


class ChangeSet:
    """What a file would change. Holds counts in memory and the rest on disk; close it, or use it in a `with`."""

    def __init__(self, stage: Stage, *, filename: str, sha256: str) -> None:
        self._stage = stage
        self.filename, self.sha256 = filename, sha256
        self.rows = 0
        self.counts: dict[Effect, int] = dict.fromkeys(Effect, 0)
        self.refused = 0
        self.remarked = 0
        self.consequences: list[Consequence] = []
        self.released: list[tuple[str, str, str]] = []

    @property
    def clean(self) -> bool:
        """No row is refused."""
        return not self.refused

    @property
    def written(self) -> int:
        """How many companies the change set writes."""
        return sum(count for effect, count in self.counts.items() if effect is not Effect.UNCHANGED)

    def changes(self, effect: Effect | None = None) -> Iterator[Change]:
        """The changes, in the file's order; those of one effect, if it is given. Unchanged companies are not listed."""
        return self._stage.changes(effect)

    def refusals(self) -> Iterator[Note]:
        """The refused lines, each with all its reasons."""
        return _notes(self._stage.reasons(refused=True))

    def remarks(self) -> Iterator[Note]:
        """The lines that are taken in and of which something is worth knowing."""
        return _notes(self._stage.reasons(refused=False))

    def close(self) -> None:
        self._stage.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def plan(file: BinaryIO, *, filename: str, consequences: FindConsequences | None = None) -> ChangeSet:
    """Read a file and say what it would change; writes nothing (H2).

    Raises `FileRefused` if the file as a whole cannot be read. A row absent from the file leaves its company as it
    is; an absent column leaves the fact, an empty cell clears it (decision 32).
    """
    sha256 = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    file.seek(0)
    stage = Stage()
    try:
        change_set = ChangeSet(stage, filename=shown_text(PurePath(filename).name, 200), sha256=sha256)
        change_set.rows = _read(file, stage)
        stage.refuse_doubles()
        _compare_all(stage, change_set)
        change_set.counts.update(stage.count_changes())
        change_set.refused = stage.count_lines(refused=True)
        change_set.remarked = stage.count_lines(refused=False)
        if consequences is not None:
            change_set.consequences = list(consequences(change_set))
    except BaseException:
        stage.close()
        raise
    return change_set


def apply_import(*, change_set: ChangeSet, actor: Actor, now: datetime, accept_valid: bool = False) -> Import:
    """Write a change set in one transaction: all of it, or nothing.

    Guarantees that what is written is what was planned: companies are locked and compared once more, and
    "import_outdated" is refused if somebody changed one of them meanwhile; plan again then. Refuses with
    "import_has_refusals" if rows are refused, unless `accept_valid`, which writes the others.
    """
    if change_set.refused and not accept_valid:
        raise Refused("import_has_refusals", refused=change_set.refused)
    released = frozenset((column, value) for column, value, _ in change_set.released)
    try:
        with transaction.atomic():
            _wait_for_turn()
            release(change_set.released)
            changes = change_set.changes()
            while batch := list(itertools.islice(changes, BATCH)):
                write(batch, actor=actor, now=now, source=Source.IMPORT, released=released)
            return _record(change_set, actor, now)
    except IntegrityError as error:
        if "unique" in str(error).lower():  # a code was given to another company since the plan
            raise Refused("import_outdated") from error
        raise


def _notes(reasons: Iterator[tuple[int, str, Reason]]) -> Iterator[Note]:
    for (line, cofor), group in itertools.groupby(reasons, key=lambda found: found[:2]):
        yield Note(line, cofor, tuple(reason for _, _, reason in group))


def _read(file: BinaryIO, stage: Stage) -> int:
    count = 0
    with closing(read_sheet(file, COLUMNS, {"duns": 9})) as sheet:
        heading = next(sheet, None)
        if heading is None:
            raise FileRefused("file_empty", known=", ".join(COLUMNS))
        rows = Rows(heading[1], brand.current())
        while batch := [rows.read(line, cells) for line, cells in itertools.islice(sheet, BATCH)]:
            stage.add_rows(batch)
            count += len(batch)
    return count


@dataclass(frozen=True, slots=True)
class _Claim:
    """A row wants a unique code that another company holds now."""

    line: int
    column: str
    value: str
    holder: str


def _compare_all(stage: Stage, change_set: ChangeSet) -> None:
    mail = brand.current().mail
    free_domains = mail.free_mail_domains | mail.more_free_mail_domains
    claims: list[_Claim] = []
    for batch in stage.batches():
        before = stored([row.cofor for row in batch])
        changes = [_compare(row, before) for row in batch]
        claims += _claims(changes)
        _add_remarks(stage, batch, changes, free_domains)
        change_set.counts[Effect.UNCHANGED] += sum(change.effect is Effect.UNCHANGED for change in changes)
        stage.add_changes(change for change in changes if change.effect is not Effect.UNCHANGED)
    if claims:
        stage.index_changes()
        change_set.released = [(claim.column, claim.value, claim.holder) for claim in _settle(stage, claims)]


def _compare(row: Row, before: dict[str, Any]) -> Change:
    found = before.get(row.cofor)
    return compare(row.cofor, row.facts, facts_of(found) if found else None, line=row.line)


def _taken(change: Change, column: str) -> set[str]:
    """The codes of the column that the change adds to the company."""
    return _codes(change.new.get(column)) - _codes(change.old.get(column))


def _given_up(change: Change, column: str) -> set[str]:
    return _codes(change.old.get(column)) - _codes(change.new.get(column))


def _codes(value: object) -> set[str]:
    return set(value) if isinstance(value, tuple) else {str(value)} if value else set()


def _claims(changes: list[Change]) -> Iterator[_Claim]:
    for column, holders_of in (("duns", holders_of_duns), ("sucos", holders_of_sucos)):
        wanted = [(change, code) for change in changes for code in sorted(_taken(change, column))]
        codes = [code for _, code in wanted]
        holders: dict[str, str] = {}
        for start in range(0, len(codes), BATCH):
            holders.update(holders_of(codes[start : start + BATCH]))
        yield from (_Claim(change.line, column, code, holders[code]) for change, code in wanted if code in holders)


def _settle(stage: Stage, claims: list[_Claim]) -> list[_Claim]:
    """Keep the claims whose holder gives the code up in the same file; refuse the lines of the others.

    A line that is refused gives nothing up either, so this goes on until no claim falls any more.
    """
    while True:
        fallen = [claim for claim in claims if not _is_given_up(stage, claim)]
        if not fallen:
            return claims
        for claim in fallen:
            code = "duns_taken" if claim.column == "duns" else "suco_taken"
            reason = Reason(code, claim.column, {"value": claim.value, "holder": claim.holder})
            stage.add_reasons(claim.line, [reason], refused=True)
            stage.drop_change(claim.line)
        lines = {claim.line for claim in fallen}
        claims = [claim for claim in claims if claim.line not in lines]


def _is_given_up(stage: Stage, claim: _Claim) -> bool:
    change = stage.change_of(claim.holder)
    return change is not None and claim.value in _given_up(change, claim.column)


def _add_remarks(stage: Stage, batch: list[Row], changes: list[Change], free_domains: frozenset[str]) -> None:
    heirs = {str(heir) for change in changes if (heir := change.new.get("successor_cofor"))}
    unknown = heirs - known_cofors(sorted(heirs)) if heirs else heirs
    unknown -= stage.known(unknown)
    for row, change in zip(batch, changes, strict=True):
        found = remarks(change, row.facts, free_domains)
        if (heir := str(change.new.get("successor_cofor", ""))) in unknown:
            found.append(Reason("successor_unknown", "successor_cofor", {"value": heir}))
        if found:
            stage.add_reasons(row.line, found, refused=False)


def _wait_for_turn() -> None:
    # On SQLite the transaction itself is exclusive.
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _record(change_set: ChangeSet, actor: Actor, now: datetime) -> Import:
    counts = {effect.value: count for effect, count in change_set.counts.items()}
    done = Import.objects.create(
        filename=change_set.filename,
        sha256=change_set.sha256,
        applied_at=now,
        by=actor.name[:300],
        refused=change_set.refused,
        **counts,
    )
    record(
        Tag.IMPORT_APPLIED,
        actor=actor,
        now=now,
        subject_key=done.key,
        new={"filename": done.filename, "sha256": done.sha256, "refused": done.refused, **counts},
    )
    return done
