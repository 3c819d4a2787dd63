"""Import a CSV or XLSX file into the Suppliers Database (H2)."""

from __future__ import annotations

import getpass
import json
import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext, ngettext

from passerelle.core import clock
from passerelle.core.actor import Actor, ActorKind
from passerelle.core.errors import Refused
from passerelle.suppliers import actions
from passerelle.suppliers.enums import Effect
from passerelle.suppliers.rules.changes import Change, Value
from passerelle.suppliers.rules.reasons import FileRefused, shown_text

CLEAN, UNREADABLE, REFUSED = 0, 1, 2
TRIES = 3  # plans that somebody else's change may outdate before we give up
LISTED = (Effect.CREATED, Effect.CHANGED, Effect.CLOSED, Effect.REOPENED)


class Command(BaseCommand):
    help = (
        "Import a CSV or XLSX file into the Suppliers Database. Exit status: 0 every row was taken in, "
        "1 the file cannot be read, 2 rows are refused."
    )
    requires_system_checks = []  # scripts read what is printed; `doctor` tells what is wrong with the settings

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the file, as docs/import.md describes it")
        parser.add_argument("--dry-run", action="store_true", help="show what would change, write nothing")
        parser.add_argument("--format", choices=["text", "json"], default="text", help="text for people, or one object")
        parser.add_argument(
            "--accept-valid", action="store_true", help="write the other rows although some are refused"
        )
        parser.add_argument(
            "--language", default="", help="language of the messages (that of the terminal if not given)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(terminal_language(options["language"])):
            status = self._import(options)
        if status:
            sys.exit(status)

    def _import(self, options: dict[str, Any]) -> int:
        path: Path = options["file"]
        try:
            with path.open("rb") as file:
                return self._import_file(file, path.name, options)
        except FileRefused as refusal:
            return self._stop(options, refusal.code, refusal.message, refusal.facts.get("line"))
        except OSError as error:
            message = gettext("%(file)s cannot be read: %(detail)s.") % {"file": path, "detail": error.strerror}
            return self._stop(options, "file_unreadable", message, None)

    def _import_file(self, file: BinaryIO, name: str, options: dict[str, Any]) -> int:
        for attempt in range(1, TRIES + 1):
            file.seek(0)
            with actions.plan(file, filename=name, consequences=_consequences()) as change_set:
                applied = False
                if not options["dry_run"] and (change_set.clean or options["accept_valid"]):
                    try:
                        actions.apply_import(
                            change_set=change_set,
                            actor=_actor(),
                            now=clock.now(),
                            accept_valid=options["accept_valid"],
                        )
                        applied = True
                    except Refused as refusal:
                        if refusal.code != "import_outdated":
                            raise
                        if attempt < TRIES:
                            continue
                        message = gettext(
                            "Companies of this file are being changed by somebody else. Nothing was written. "
                            "Run the import again."
                        )
                        return self._stop(options, refusal.code, message, None)
                self._report(change_set, options, applied)
                return CLEAN if change_set.clean else REFUSED
        raise AssertionError("unreachable")

    def _report(self, change_set: actions.ChangeSet, options: dict[str, Any], applied: bool) -> None:
        if options["format"] == "json":
            for part in _json_parts(change_set, dry_run=options["dry_run"], applied=applied):
                self.stdout.write(part, ending="")
            self.stdout.write("")
        else:
            for line in _text_lines(change_set, dry_run=options["dry_run"], applied=applied):
                self.stdout.write(line)

    def _stop(self, options: dict[str, Any], code: str, message: str, line: object) -> int:
        if options["format"] == "json":
            self.stdout.write(
                json.dumps({"error": {"code": code, "line": line, "message": message}}, ensure_ascii=False)
            )
        else:
            self.stderr.write(shown_text(message, 2000))
        return UNREADABLE


def terminal_language(asked: str) -> str:
    """The language asked for, else the terminal's, as far as the portal speaks it."""
    wanted = asked or next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), "")
    short = wanted.replace("_", "-").split("-")[0].split(".")[0].lower()
    return short if short in dict(settings.LANGUAGES) else "en"


def _actor() -> Actor:
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container may run under a user without a name
        name = str(os.getuid())
    return Actor(ActorKind.SYSTEM, name=f"import-suppliers ({name})")


def _consequences() -> actions.FindConsequences | None:
    """Who tells what a change means for people: a floor above ours, named in the settings (decision 32)."""
    dotted = getattr(settings, "PASSERELLE_IMPORT_CONSEQUENCES", "")
    found: actions.FindConsequences | None = import_string(dotted) if dotted else None
    return found


# ---------------------------------------------------------------- for people


def _text_lines(change_set: actions.ChangeSet, *, dry_run: bool, applied: bool) -> Iterator[str]:
    yield ngettext("%(file)s: %(count)s row", "%(file)s: %(count)s rows", change_set.rows) % {
        "file": change_set.filename,
        "count": change_set.rows,
    }
    for effect in Effect:
        yield f"  {effect.label}: {change_set.counts[effect]}"
    yield f"  {gettext('Refused')}: {change_set.refused}"
    if dry_run:
        for effect in LISTED:
            yield from _section(str(effect.label), _change_lines(change_set.changes(effect)))
    yield from _section(gettext("Consequences"), _consequence_lines(change_set.consequences))
    yield from _section(gettext("To know"), _note_lines(change_set.remarks()))
    yield from _section(gettext("Refused"), _note_lines(change_set.refusals()))
    yield ""
    yield _outcome(change_set, dry_run=dry_run, applied=applied)


def _section(title: str, lines: Iterator[str]) -> Iterator[str]:
    first = next(lines, None)
    if first is not None:
        yield from ("", title, first)
        yield from lines


def _change_lines(changes: Iterable[Change]) -> Iterator[str]:
    for change in changes:
        yield _heading(change.line, change.cofor, change.name)
        if change.effect is not Effect.CREATED:
            for column, value in change.new.items():
                yield f"      {column}: {_shown(change.old[column])} → {_shown(value)}"


def _consequence_lines(consequences: Iterable[actions.Consequence]) -> Iterator[str]:
    for consequence in consequences:
        yield f"  {consequence.cofor}  {shown_text(str(consequence.message))}"


def _note_lines(notes: Iterable[actions.Note]) -> Iterator[str]:
    for note in notes:
        yield _heading(note.line, note.cofor)
        for reason in note.reasons:
            yield f"      {reason.column}: {reason.message}" if reason.column else f"      {reason.message}"


def _heading(line: int, cofor: str, name: str = "") -> str:
    where = gettext("line %(line)s") % {"line": line}
    return "  ".join(["", where, *filter(None, [cofor, shown_text(name)])])


def _shown(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        value = "|".join(":".join(item) if isinstance(item, tuple) else item for item in value)
    return f"“{shown_text(value)}”"


def _outcome(change_set: actions.ChangeSet, *, dry_run: bool, applied: bool) -> str:
    if dry_run:
        return gettext("Nothing was written: this was a dry run.")
    if applied:
        written = change_set.written
        return ngettext("%(count)s company was written.", "%(count)s companies were written.", written) % {
            "count": written
        }
    return gettext(
        "Nothing was written, because rows are refused. Correct them, or run again with --accept-valid to take in the "
        "others."
    )


# ---------------------------------------------------------------- for programs


def _json_parts(change_set: actions.ChangeSet, *, dry_run: bool, applied: bool) -> Iterator[str]:
    """One object, piece by piece, so that a million changes need no memory."""
    head = {
        "file": {"name": change_set.filename, "sha256": change_set.sha256, "rows": change_set.rows},
        "dry_run": dry_run,
        "applied": applied,
        "clean": change_set.clean,
        "counts": {
            **{effect.value: count for effect, count in change_set.counts.items()},
            "refused": change_set.refused,
            "remarks": change_set.remarked,
        },
    }
    yield _dumped(head)[:-1]
    yield from _array("changes", map(_change_json, change_set.changes()))
    yield from _array("consequences", map(_consequence_json, change_set.consequences))
    yield from _array("remarks", map(_note_json, change_set.remarks()))
    yield from _array("refused", map(_note_json, change_set.refusals()))
    yield "}"


def _array(name: str, items: Iterable[dict[str, Any]]) -> Iterator[str]:
    yield f', "{name}": ['
    for number, item in enumerate(items):
        yield (", " if number else "") + _dumped(item)
    yield "]"


def _dumped(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)


def _change_json(change: Change) -> dict[str, Any]:
    fields = {column: {"old": change.old.get(column), "new": value} for column, value in change.new.items()}
    return {
        "line": change.line,
        "cofor": change.cofor,
        "name": change.name,
        "effect": change.effect.value,
        "fields": fields,
    }


def _consequence_json(consequence: actions.Consequence) -> dict[str, Any]:
    return {
        "cofor": consequence.cofor,
        "code": consequence.code,
        "message": str(consequence.message),
        "facts": consequence.facts,
    }


def _note_json(note: actions.Note) -> dict[str, Any]:
    reasons = [{**reason.as_json(), "message": reason.message} for reason in note.reasons]
    return {"line": note.line, "cofor": note.cofor, "reasons": reasons}
