"""A PostgreSQL server for one test run: made in a temporary folder, on a free port, gone at the end."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from environment import quietly
from say import Stop
from system import postgresql

SPEED = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200", "shared_buffers=128MB")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _who() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then it runs as its own user."""
    if os.geteuid():
        return {}
    try:
        user = pwd.getpwnam("postgres")
    except KeyError:
        raise Stop(
            "Running as root, the tests start PostgreSQL as the user postgres, who does not exist here."
        ) from None
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


@contextmanager
def throw_away() -> Iterator[str]:
    """The address of a server that lives as long as the block."""
    programs = postgresql()
    if programs is None:
        raise Stop("PostgreSQL was not found.")
    who = _who()
    folder = Path(tempfile.mkdtemp(prefix="passerelle-postgresql-"))
    server: subprocess.Popen[bytes] | None = None
    try:
        if who:
            os.chown(folder, who["user"], who["group"])
        data, log = folder / "data", folder / "log"
        quietly(
            [str(programs / "initdb"), "-D", str(data), "-U", "passerelle", "-A", "trust", "-E", "UTF8",
             "--locale=C.UTF-8", "--no-sync"],
            "Making a PostgreSQL cluster", cwd=folder, env=_plain(), **who,
        )  # fmt: skip
        port = free_port()
        settings = [*SPEED, f"port={port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={folder}"]
        command = [str(programs / "postgres"), "-D", str(data)]
        for setting in settings:
            command += ["-c", setting]
        with log.open("wb") as output:
            # A session of its own: Ctrl-C reaches the tests first, and the server when they have ended.
            server = subprocess.Popen(
                command, cwd=folder, env=_plain(), stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                start_new_session=True, **who,
            )  # fmt: skip
        _wait(programs, port, server, log)
        quietly(
            [str(programs / "createdb"), "-h", "127.0.0.1", "-p", str(port), "-U", "passerelle", "passerelle"],
            "Making a database",
        )
        yield f"postgresql://passerelle@127.0.0.1:{port}/passerelle"
    finally:
        if server is not None and server.poll() is None:
            server.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.send_signal(signal.SIGQUIT)
                server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def _plain() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _wait(programs: Path, port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 60
    question = [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    while time.monotonic() < end and server.poll() is None:
        if subprocess.run(question, check=False).returncode == 0:
            return
        time.sleep(0.1)
    raise Stop(f"{log.read_text(errors='replace')}\n\nThe PostgreSQL of the tests did not start.")
