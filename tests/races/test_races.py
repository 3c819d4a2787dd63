"""Many at once on a real database: one wins, the others are told what happened; nobody waits for ever."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.jobs.live import ROOT, Site, site

HERE = Path(__file__).parent
BODY = [node for path in sorted(HERE.glob("*_scenes.py")) for node in ast.parse(path.read_text("utf-8")).body]
SCENES = [node.name for node in BODY if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]

pytestmark = [pytest.mark.race, pytest.mark.xdist_group("races")]


class Player:
    """The process that plays scenes, one after the other."""

    def __init__(self, place: Site) -> None:
        self.log = place.folder / "play.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-W", "error", "-m", "tests.races.play"],
                env=place.env, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
            )  # fmt: skip

    def play(self, scene: str) -> str:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(scene + "\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            if line.startswith(">"):
                return str(json.loads(line[1:]))
        return f"the process ended: {self.log.read_text('utf-8', 'replace')[-3000:]}"

    def end(self) -> None:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(20)


@pytest.fixture(scope="module")
def player(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Player]:
    folder = tmp_path_factory.mktemp("races")
    with site(folder, DJANGO_SETTINGS_MODULE="tests.races.settings") as place:
        made = Player(place)
        yield made
        made.end()


@pytest.mark.parametrize("scene", SCENES)
def test_race(player: Player, scene: str) -> None:
    wrong = player.play(scene)
    assert not wrong, wrong


@pytest.mark.skipif("PASSERELLE_TEST_DATABASE_URL" not in os.environ, reason="SQLite has one writer and no deadlocks")
def test_no_two_transactions_wait_for_each_other(player: Player) -> None:
    # The server counts its deadlocks: whichever scenes ran before this one, there were none.
    wrong = player.play("no_deadlocks")
    assert not wrong, wrong
