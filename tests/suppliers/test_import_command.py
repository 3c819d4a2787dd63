"""The command import-suppliers as scripts and people meet it (H2, contract)."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from django.core.management import call_command

from passerelle.core.errors import Refused
from passerelle.suppliers import actions
from passerelle.suppliers.models import Company, Import
from tests.suppliers.conftest import Importer
from tests.suppliers.files import PLAIN, csv_file, one_row

pytestmark = pytest.mark.django_db


class Run:
    """Runs the command on a file; keeps what it printed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.out = self.err = ""

    def __call__(self, file: BinaryIO, *arguments: str, name: str = "suppliers.csv", language: str = "en") -> int:
        path = self.folder / name
        path.write_bytes(file.read())
        return self.on(path, *arguments, language=language)

    def on(self, path: Path, *arguments: str, language: str = "en") -> int:
        out, err = io.StringIO(), io.StringIO()
        try:
            call_command("import_suppliers", str(path), *arguments, language=language, stdout=out, stderr=err)
            status = 0
        except SystemExit as stop:
            status = int(str(stop.code))
        self.out, self.err = out.getvalue(), err.getvalue()
        return status

    @property
    def answer(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path)


def test_a_clean_file_is_written_and_answers_zero(run: Run) -> None:
    assert run(csv_file({"cofor": "AAAAAA"}, {"cofor": "BBBBBB"})) == 0
    assert "2 companies were written." in run.out
    assert Company.objects.count() == 2
    assert Import.objects.get().by.startswith("import-suppliers (")


def test_a_dry_run_prints_the_change_set_and_writes_nothing(run: Run, take_in: Importer) -> None:  # I2
    take_in(csv_file({"cofor": "AAAAAA", "name": "Old"}, {"cofor": "BBBBBB"}, {"cofor": "CCCCCC", "active": "no"}))
    file = csv_file(
        {"cofor": "AAAAAA", "name": "New"},
        {"cofor": "BBBBBB", "active": "no"},
        {"cofor": "CCCCCC"},
        {"cofor": "DDDDDD"},
    )
    assert run(file, "--dry-run") == 0
    for words in ("line 2  AAAAAA  New", "name: “Old” → “New”", "active: true → false", "line 5  DDDDDD", "dry run"):
        assert words in run.out
    assert Company.objects.get(cofor="AAAAAA").name == "Old"
    assert Company.objects.count() == 3


def test_refused_rows_answer_two_with_lines_and_reasons_and_nothing_is_written(run: Run) -> None:
    rows = ({"cofor": "AAAAAA"}, {"cofor": "BBBBBB", "country": "ZZ"})
    for arguments in ((), ("--dry-run",)):
        assert run(csv_file(*rows), *arguments) == 2
        assert "line 3  BBBBBB" in run.out
        assert "country: “ZZ” is not a country code" in run.out
        assert not Company.objects.exists()
    assert "Nothing was written" in run.out


def test_accept_valid_writes_the_other_rows_and_still_answers_two(run: Run) -> None:
    assert run(csv_file({"cofor": "AAAAAA"}, {"cofor": "BBBBBB", "country": "ZZ"}), "--accept-valid") == 2
    assert Company.objects.get().cofor == "AAAAAA"
    assert "1 company was written." in run.out


@pytest.mark.parametrize("name", ["missing.csv", "."])
def test_a_file_that_cannot_be_opened_answers_one(run: Run, name: str, tmp_path: Path) -> None:
    assert run.on(tmp_path / name) == 1
    assert "cannot be read" in run.err
    assert run.on(tmp_path / name, "--format", "json") == 1
    assert run.answer["error"]["code"] == "file_unreadable"


def test_a_file_that_cannot_be_understood_answers_one_and_names_the_line(run: Run) -> None:
    bad = io.BytesIO(b"cofor,name,country,active\nAAAAAA,Soci\xe9t\xe9,FR,true\n")
    assert run(bad) == 1
    assert "Line 2 is not UTF-8" in run.err
    bad.seek(0)
    assert run(bad, "--format", "json") == 1
    assert run.answer["error"] == {
        "code": "file_encoding",
        "line": 2,
        "message": "Line 2 is not UTF-8. Save the file again as “CSV UTF-8”.",
    }


def test_json_is_one_object_with_all_of_it(run: Run, take_in: Importer) -> None:
    take_in(one_row(cofor="AAAAAA", sucos="S1"))
    file = csv_file(
        {"cofor": "AAAAAA", "sucos": "S1|S2", "active": "no"},
        {"cofor": "BBBBBB", "country": "ZZ"},
        columns=[*PLAIN, "sucos"],
    )
    assert run(file, "--dry-run", "--format", "json") == 2
    answer = run.answer
    assert (answer["dry_run"], answer["applied"], answer["clean"]) == (True, False, False)
    assert answer["counts"] == {
        "created": 0,
        "changed": 0,
        "closed": 1,
        "reopened": 0,
        "unchanged": 0,
        "refused": 1,
        "remarks": 1,
    }
    [change] = answer["changes"]
    assert (change["line"], change["cofor"], change["effect"]) == (2, "AAAAAA", "closed")
    assert change["fields"]["sucos"] == {"old": ["S1"], "new": ["S1", "S2"]}
    [refused] = answer["refused"]
    assert (refused["line"], refused["reasons"][0]["code"]) == (3, "country_unknown")
    assert answer["remarks"][0]["reasons"][0]["code"] == "closed_reason_missing"
    assert answer["consequences"] == []


def test_a_dry_run_says_what_the_import_then_does(run: Run, take_in: Importer) -> None:  # I2
    take_in(csv_file({"cofor": "AAAAAA"}, {"cofor": "BBBBBB"}))

    def file() -> BinaryIO:
        return csv_file({"cofor": "AAAAAA", "name": "New"}, {"cofor": "BBBBBB"}, {"cofor": "CCCCCC"})

    run(file(), "--dry-run", "--format", "json")
    planned = run.answer
    run(file(), "--format", "json")
    done = run.answer
    assert (done["applied"], done["dry_run"]) == (True, False)
    assert {**planned, "applied": True, "dry_run": False} == done
    run(file(), "--dry-run", "--format", "json")
    assert run.answer["changes"] == []
    assert run.answer["counts"]["unchanged"] == 3


def test_what_it_prints_cannot_steer_a_terminal(run: Run) -> None:
    assert run(one_row(country="\x1b]0;owned\x07", name="A\x1b[2J")) == 2
    assert "\x1b" not in run.out
    assert run(io.BytesIO(b"cofor,\x1b[2J,country,active\nAAAAAA,Name,FR,true\n")) == 1
    assert "\x1b" not in run.err


def test_the_name_of_the_file_is_told_but_does_not_choose_the_reader(run: Run) -> None:
    assert run(one_row(), "--format", "json", name="suppliers.xlsx") == 0
    assert run.answer["file"]["name"] == "suppliers.xlsx"


def test_an_import_that_was_overtaken_is_planned_anew(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    real, tries = actions.apply_import, []

    def overtaken(**arguments: Any) -> Import:
        tries.append(1)
        if len(tries) < 3:
            raise Refused("import_outdated")
        return real(**arguments)

    monkeypatch.setattr(actions, "apply_import", overtaken)
    assert run(one_row()) == 0
    assert Company.objects.count() == 1


def test_an_import_that_is_always_overtaken_gives_up(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def overtaken(**arguments: Any) -> Import:
        raise Refused("import_outdated")

    monkeypatch.setattr(actions, "apply_import", overtaken)
    assert run(one_row()) == 1
    assert "Run the import again" in run.err


def test_consequences_come_from_whoever_the_settings_name(run: Run, settings: Any) -> None:  # decision 32
    settings.PASSERELLE_IMPORT_CONSEQUENCES = f"{__name__}.two_logins_end"
    assert run(one_row(), "--dry-run") == 0
    assert "AB12CD  2 logins end" in run.out


def two_logins_end(change_set: actions.ChangeSet) -> list[actions.Consequence]:
    return [actions.Consequence(change.cofor, "logins_end", "2 logins end") for change in change_set.changes()]


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({"LANG": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LC_ALL": "fr_BE", "LANG": "en_GB"}, "fr"),
        ({}, "en"),
    ],
)
def test_it_speaks_the_language_of_the_terminal(
    run: Run, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], language: str
) -> None:
    from passerelle.suppliers.management.commands.import_suppliers import terminal_language

    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert terminal_language("") == language
    assert terminal_language("fr") == "fr"
