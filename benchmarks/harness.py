"""What the benchmarks share: a database made ready, the web server as `./passerelle serve` runs it, and its CPU."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TICKS = os.sysconf("SC_CLK_TCK")
THREADS = "48"  # of each web process, as `./passerelle serve` runs them
KEY = secrets.token_urlsafe(48)
COUNT = """
import django, sys
django.setup()
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
client = Client(HTTP_HOST="localhost")
client.get(sys.argv[1])
with CaptureQueriesContext(connection) as found:
    answer = client.get(sys.argv[1])
assert answer.status_code == 200, answer.status_code
limits = [q for q in found if "limits_counter" in q["sql"]]
print(len(found) - len(limits), len(limits))
"""


@cache
def prepared(url: str) -> Database:
    return Database(url)


@dataclass(frozen=True)
class Database:
    url: str

    @property
    def env(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PASSERELLE_")}
        return {
            **kept, "PYTHONPATH": str(ROOT / "src"), "DJANGO_SETTINGS_MODULE": "passerelle.config.settings",
            "PASSERELLE_DATABASE_URL": self.url, "PASSERELLE_DATA_DIR": str(_folder()), "PASSERELLE_SECRET_KEY": KEY,
            "PASSERELLE_LIMITS_FACTOR": "1000000",
            "PASSERELLE_WEB_THREADS": os.environ.get("PASSERELLE_WEB_THREADS") or THREADS,
        }  # fmt: skip

    def run(self, *arguments: str) -> str:
        done = subprocess.run([sys.executable, *arguments], env=self.env, cwd=ROOT, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(done.stdout + done.stderr)
        return done.stdout

    def migrate(self) -> None:
        self.run("-m", "django", "prepare")

    def queries(self, path: str) -> str:
        asked, counted = self.run("-c", COUNT, path).split()[-2:]
        return f"{asked} (and {counted} that counts the try)"


@cache
def _folder() -> Path:
    """One data folder for the run: its static files are collected once."""
    folder = Path(tempfile.mkdtemp(prefix="passerelle-bench-"))
    return folder


class Server:
    """granian with our application, on a free port."""

    def __init__(self, url: str, *, workers: int = 2, application: str = "passerelle.config.wsgi:application") -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.process = start(prepared(url).env, self.port, workers, application)
        self.wait("/healthz")

    def wait(self, path: str) -> None:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5):
                    return
            except OSError:
                time.sleep(0.1)
        raise SystemExit("the server did not start")

    def stop(self) -> None:
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)

    @property
    def cpu(self) -> float:
        return cpu(self.process.pid)


def start(env: dict[str, str], port: int, workers: int, application: str, cwd: Path = ROOT) -> subprocess.Popen[bytes]:
    command = [
        str(Path(sys.executable).parent / "granian"), "--interface", "wsgi", "--no-ws", "--http", "1", "--host",
        "127.0.0.1", "--port", str(port), "--workers", str(workers),
        "--blocking-threads", env.get("PASSERELLE_WEB_THREADS", THREADS),
        "--log-level", "warning",
        application,
    ]  # fmt: skip
    nothing = subprocess.DEVNULL  # its log has a line for every refusal
    return subprocess.Popen(command, env=env, cwd=cwd, start_new_session=True, stdout=nothing, stderr=nothing)


def cpu(root: int) -> float:
    """Seconds of CPU of a process and everything under it, so far."""
    parents: dict[int, int] = {}
    spent: dict[int, float] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(entry.name)] = int(fields[1])
            spent[int(entry.name)] = sum(map(int, fields[11:15])) / TICKS
    total, found = 0.0, {root}
    for pid in sorted(parents):
        above = pid
        while above and above not in found:
            above = parents.get(above, 0)
        total += spent[pid] if above in found else 0.0
    return total


def machine() -> str:
    """One line on where it was measured."""
    model = next((line for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line), ": unknown")
    return json.dumps({"cores": os.cpu_count(), "cpu": model.partition(":")[2].strip(), "load": os.getloadavg()[0]})
