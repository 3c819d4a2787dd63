"""A small site with real processes: a database of its own, workers that can be killed."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

ROOT = Path(__file__).resolve().parents[2]
PREAMBLE = "import django; django.setup()\nfrom django.db import transaction\nimport json\n"


class Site:
    def __init__(self, folder: Path, database_url: str, **env: str) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []
        self.env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PASSERELLE_")},
            "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}",
            "DJANGO_SETTINGS_MODULE": "tests.jobs.live_settings",
            "PASSERELLE_DATA_DIR": str(folder),
            "PASSERELLE_DATABASE_URL": database_url,
            **env,
        }

    def manage(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "django", *arguments], env=self.env, cwd=ROOT, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def python(self, code: str) -> Any:
        """Run code in a process of the site; what it leaves in `answer` comes back."""
        text = f"{PREAMBLE}answer = None\n{code}\nprint('\\n' + json.dumps(answer))"
        done = subprocess.run([sys.executable, "-c", text], env=self.env, cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout.strip().splitlines()[-1])

    def worker(self, *arguments: str, lease: float = 0.0, **env: str) -> subprocess.Popen[bytes]:
        """Start a worker; with a lease it is one whose leases last so many seconds."""
        module = ["tests.jobs.quick", str(lease)] if lease else ["django", "worker"]
        with (self.folder / "worker.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", *module, *arguments],
                env={**self.env, **env},
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )
        self.processes.append(process)
        return process

    def started(self, workers: int = 1) -> None:
        """Wait until so many workers have come up."""
        until(lambda: self.log().count("worker started") >= workers, 30, self.log)

    def log(self) -> str:
        return (self.folder / "worker.log").read_text()

    def end(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                os.kill(process.pid, signal.SIGCONT)
                process.kill()
            process.wait()


@contextmanager
def site(folder: Path, **env: str) -> Iterator[Site]:
    """A site on SQLite, or on a new database of the PostgreSQL that the tests were given."""
    server = os.environ.get("PASSERELLE_TEST_DATABASE_URL", "")
    if not server:
        url, name = f"sqlite:///{folder / 'live.sqlite3'}", ""
    else:
        name = f"live_{secrets.token_hex(6)}"
        with psycopg.connect(server, dbname="postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        url = f"{server.rpartition('/')[0]}/{name}"
    made = Site(folder, url, **env)
    try:
        made.manage("migrate", "--run-syncdb", "--skip-checks", "-v0")
        yield made
    finally:
        made.end()
        if name:
            with psycopg.connect(server, dbname="postgres", autocommit=True) as connection:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def until(condition: Callable[[], Any], seconds: float = 20.0, what: str | Callable[[], str] = "") -> Any:
    """Wait until something holds; fails with `what` when it does not come about in time.

    The seconds are those of a machine that has nothing else to do; a busy one is given more.
    """
    began = time.monotonic()
    while time.monotonic() - began < seconds * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1)):
        if found := condition():
            return found
        time.sleep(0.1)
    raise AssertionError(f"did not come about within {seconds} s: {what() if callable(what) else what}")
