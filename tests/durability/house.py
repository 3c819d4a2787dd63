"""A whole house of real processes: web, worker, database, mail server; each can be killed and comes back."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg

from tests.jobs.live import ROOT, Site, site
from tests.mail.server import Server

sys.path.append(str(ROOT / "scripts"))
import demonstration

SEED = """
from datetime import datetime, timedelta, UTC
from tests import cast
from passerelle.terms.models import Version
now = datetime.now(UTC)
if not Version.objects.exists():
    cast.publish_terms(now)
for number in range({first}, {last}):
    company = cast.company(now, cofor="D%05d" % number, name="Company %d" % number)
    cast.on_record(company, domains=("d%d.example" % number,))
"""


class House:
    def __init__(self, place: Site, mail: Server) -> None:
        self.place, self.mail = place, mail
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.web: subprocess.Popen[bytes] | None = None
        self._worker: subprocess.Popen[bytes] | None = None

    # ------------------------------------------------------------------ processes

    def start_web(self, workers: int = 1, **env: str) -> None:
        """granian with the arguments of `./passerelle serve`, from the environment the tests run in."""
        self.kill_web()
        command = demonstration._granian(host="127.0.0.1", port=self.port, workers=workers, threads=4)
        command = [str(Path(sys.executable).parent / "granian"), *command[1:], "--respawn-failed-workers"]
        with (self.place.folder / "web.log").open("ab") as log:
            self.web = subprocess.Popen(
                command, env={**self.place.env, **env}, cwd=ROOT, stdout=log, stderr=log, start_new_session=True
            )

    def kill_web(self) -> None:
        if self.web and self.web.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self.web.pid, signal.SIGKILL)
            self.web.wait()

    def kill_web_child(self) -> bool:
        """Kill one of the serving processes only; granian starts another in its place."""
        assert self.web
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                if int(stat.read_text().rpartition(")")[2].split()[1]) == self.web.pid:
                    pid = int(stat.parent.name)
                    if (
                        b"granian" in (stat.parent / "cmdline").read_bytes()
                        and b"tracker" not in (stat.parent / "cmdline").read_bytes()
                    ):
                        os.kill(pid, signal.SIGKILL)
                        return True
        return False

    def start_worker(self, **env: str) -> subprocess.Popen[bytes]:
        if self._worker and self._worker.poll() is None:
            self.kill_worker()
        self._worker = self.place.worker(lease=3, **env)
        return self._worker

    def kill_worker(self) -> None:
        assert self._worker
        self._worker.kill()
        self._worker.wait()

    def end(self) -> None:
        self.kill_web()

    def ready(self, seconds: float = 40.0) -> float:
        """Wait until a page that needs the database answers; how long it took."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            try:
                if self.get("/readyz")[0] == 200:
                    return time.monotonic() - began
            except (OSError, http.client.HTTPException):
                pass
            time.sleep(0.05)
        raise AssertionError(f"not ready in {seconds} s: {(self.place.folder / 'web.log').read_text()[-1500:]}")

    # ---------------------------------------------------------------------- browser

    def get(self, path: str) -> tuple[int, bytes]:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        try:
            line.request("GET", path, headers={"Host": "localhost"})
            answer = line.getresponse()
            return answer.status, answer.read()
        finally:
            line.close()

    def post(self, path: str, fields: dict[str, str]) -> tuple[int, str, bytes]:
        """Send a form as a browser does: its token first, then the form. Answers status, location and page."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        try:
            line.request("GET", "/en/sign-in/", headers={"Host": "localhost"})
            page = line.getresponse()
            cookie = (page.getheader("Set-Cookie") or "").partition(";")[0]
            found = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page.read())
            assert found, "the form has no token"
            body = urlencode(fields | {"csrfmiddlewaretoken": found.group(1).decode()})
            headers = {
                "Host": "localhost", "Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded",
            }  # fmt: skip
            line.request("POST", path, body, headers)
            answer = line.getresponse()
            return answer.status, answer.getheader("Location") or "", answer.read()
        finally:
            line.close()

    def ask(self, number: int, name: str) -> str:
        """Ask for an access; the address of the confirmation. Raises what a browser would have seen instead."""
        fields = {"cofor": f"D{number:05d}", "site": ""}
        for part in ("requester", "representative", "plsa"):
            fields |= {
                f"{part}-last_name": name,
                f"{part}-first_name": part,
                f"{part}-email": f"{part}.{name}@d{number}.example",
            }
        status, location, page = self.post("/en/get-an-access/request/", fields)
        if status != 302 or "/request/" not in location:
            raise http.client.HTTPException(f"{status} {location} {page[:300]!r}")
        return location

    def link(self, address: str, kind: str) -> str:
        """The address of the newest link of a kind in the mails an address has received."""
        for to, mail in reversed(self.mail.accepted):
            body = mail.get_body(("plain",))
            if (
                to == address
                and body
                and (found := re.search(rf"https?://\S+(/en/\S*{kind}/[\w-]+/)", body.get_content()))
            ):
                return found.group(1)
        raise AssertionError(f"no {kind} link for {address}")

    def python(self, code: str) -> Any:
        return self.place.python(code)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask the database itself, without a process of ours."""
        url = self.place.env["PASSERELLE_DATABASE_URL"]
        if url.startswith("sqlite"):
            line = sqlite3.connect(url.removeprefix("sqlite://"), timeout=20)
            try:
                return line.execute(sql).fetchall()
            finally:
                line.close()
        with psycopg.connect(url) as server:
            return server.execute(sql.encode()).fetchall()

    def seed(self, first: int, last: int) -> None:
        self.python(SEED.format(first=first, last=last))

    @property
    def faults(self) -> list[str]:
        """Errors that the web wrote down: a kill leaves none of ours, a 5xx does."""
        lines = (self.place.folder / "web.log").read_text("utf-8", "replace").splitlines()
        return [line[:600] for line in lines if "Internal Server Error" in line or "analysis_unavailable" in line]


@contextmanager
def house(folder: Path, **env: str) -> Iterator[House]:
    mail = Server()
    mail.start()
    try:
        with site(
            folder, DJANGO_SETTINGS_MODULE="tests.durability.settings", PASSERELLE_EMAIL_URL=mail.url,
            PASSERELLE_BASE_URL="http://localhost:8000", **env,
        ) as place:  # fmt: skip
            made = House(place, mail)
            try:
                yield made
            finally:
                made.end()
    finally:
        mail.stop()
