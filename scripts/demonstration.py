"""Running the portal: the demonstration with all it needs, and the web server of a production."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType
from typing import NoReturn

import environment
from environment import PYTHON, ROOT
from say import Stop, say

READY_WITHIN = 60.0
STOP_WITHIN = 20.0


class Told(Exception):
    """Somebody asked us to stop."""


def demo(*arguments: str) -> int:
    parser = argparse.ArgumentParser(prog="./passerelle demo", description="Try Passerelle on this machine.")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen at (127.0.0.1: this machine only)")
    parser.add_argument("--fresh", action="store_true", help="forget the data of the last demonstration first")
    options = parser.parse_args(arguments)
    began = time.monotonic()
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, _told)
    try:
        _demo(options, began)
    except Told:
        return 0


def _demo(options: argparse.Namespace, began: float) -> NoReturn:
    _port_is_free(options.host, options.port)
    data = Path(os.environ.get("PASSERELLE_DATA_DIR") or ROOT / "var" / "demo").resolve()
    if options.fresh:
        _forget(data)
    (data / "logs").mkdir(parents=True, exist_ok=True)
    own = environment.of_the_portal(PASSERELLE_DEMO="1", PASSERELLE_DATA_DIR=str(data))
    own["PASSERELLE_BASE_URL"] = os.environ.get("PASSERELLE_BASE_URL") or f"http://localhost:{options.port}"
    own.setdefault("PASSERELLE_LOG_FORMAT", "console")
    environment.set_up_beside(
        meanwhile=lambda: _prepare("--demonstration", own), with_front_end=lambda: _prepare("--static", own)
    )
    _port_is_free(options.host, options.port)
    web = _granian(host=options.host, port=options.port, workers=1, threads=_threads(own))
    _run({"web": web, "worker": [PYTHON, "-m", "django", "worker"]}, own, data / "logs", options.port, began)


def _prepare(what: str, own: dict[str, str]) -> None:
    if what == "--demonstration":
        say("Demonstration: preparing the database and its data …")
    if status := subprocess.run([PYTHON, "-m", "django", "prepare", what], env=own, check=False).returncode:
        raise Stop("The portal could not be prepared. The lines above say why.", status)


def serve(*arguments: str) -> None:
    """Become the web server of a production."""
    parser = argparse.ArgumentParser(prog="./passerelle serve", description="The web server, for a proxy in front.")
    parser.add_argument("--host", default=os.environ.get("PASSERELLE_WEB_HOST") or "127.0.0.1")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PASSERELLE_WEB_PORT") or 8000))
    options = parser.parse_args(arguments)
    workers = int(os.environ.get("PASSERELLE_WEB_WORKERS") or min(os.cpu_count() or 1, 4))
    _port_is_free(options.host, options.port)
    environment.set_up()
    own = environment.of_the_portal()
    if status := subprocess.run([PYTHON, "-m", "django", "prepare", "--static"], env=own, check=False).returncode:
        raise Stop("The static files could not be collected. The lines above say why.", status)
    more = {}
    if workers > 1:  # counters of several processes meet in files
        figures = Path(os.environ.get("PASSERELLE_DATA_DIR") or ROOT / "var") / "metrics" / str(options.port)
        shutil.rmtree(figures, ignore_errors=True)
        figures.mkdir(parents=True)
        more["PROMETHEUS_MULTIPROC_DIR"] = str(figures)
    command = _granian(host=options.host, port=options.port, workers=workers, threads=_threads(own))
    environment.become(own | more, *command, "--respawn-failed-workers")


def _threads(own: dict[str, str]) -> int:
    """Threads of each web process: most of them may wait for a turn to hash while the others answer pages. The
    processes are told the number, which decides how many tries may wait."""
    own["PASSERELLE_WEB_THREADS"] = own.get("PASSERELLE_WEB_THREADS") or "48"
    return int(own["PASSERELLE_WEB_THREADS"])


def _granian(*, host: str, port: int, workers: int, threads: int) -> list[str]:
    return [
        str(environment.VENV / "bin" / "granian"), "--interface", "wsgi", "--no-ws", "--http", "1",
        "--host", host, "--port", str(port), "--workers", str(workers), "--blocking-threads", str(threads),
        "--workers-kill-timeout", "10", "--log-level", "warning", "passerelle.config.wsgi:application",
    ]  # fmt: skip


def _port_is_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            raise Stop(
                f"Port {port} of {host} cannot be used ({getattr(error, 'strerror', None) or error}). "
                "Stop the program that holds it, or choose another port: --port NUMBER."
            ) from None


def _forget(data: Path) -> None:
    """Remove what a demonstration writes, and nothing else that may lie in the folder."""
    if os.environ.get("PASSERELLE_DATABASE_URL"):
        raise Stop("--fresh empties the demonstration's own SQLite database only. Empty the other one by hand.")
    for path in data.glob("passerelle.sqlite3*"):
        path.unlink()
    for name in ("files", "logs"):
        shutil.rmtree(data / name, ignore_errors=True)


# ---------------------------------------------------------------- two processes


def _run(commands: dict[str, list[str]], own: dict[str, str], logs: Path, port: int, began: float) -> NoReturn:
    """Run web and worker until somebody stops us, or one of them ends: then the other is stopped too."""
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in commands.items():
            with (logs / f"{name}.log").open("ab") as log:
                # Sessions of their own: Ctrl-C comes to us, and we stop each once and in order.
                running[name] = subprocess.Popen(
                    command, env=own, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
                )
        _wait_until_ready(running, port, logs)
        _welcome(own["PASSERELLE_BASE_URL"], logs, time.monotonic() - began)
        while True:
            _all_alive(running, logs)
            time.sleep(0.5)
    finally:
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        _stop(running)


def _told(number: int, frame: FrameType | None) -> None:
    say("\nStopping …")
    raise Told


def _all_alive(running: dict[str, subprocess.Popen[bytes]], logs: Path) -> None:
    for name, process in running.items():
        if process.poll() is not None:
            log = logs / f"{name}.log"
            tail = "\n".join(log.read_text("utf-8", "replace").splitlines()[-25:])
            raise Stop(f"{tail}\n\nThe {name} process ended (status {process.returncode}). Its log is {log}.")


def _wait_until_ready(running: dict[str, subprocess.Popen[bytes]], port: int, logs: Path) -> None:
    end, answer = time.monotonic() + READY_WITHIN, "no answer"
    while time.monotonic() < end:
        _all_alive(running, logs)
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                return
        except urllib.error.HTTPError as error:
            answer = error.read().decode("utf-8", "replace")
        except OSError:
            pass
        time.sleep(0.1)
    raise Stop(f"The portal was not ready within {READY_WITHIN:.0f} seconds: {answer}. Its logs are in {logs}.")


def _stop(running: dict[str, subprocess.Popen[bytes]]) -> None:
    for process in running.values():
        if process.poll() is None:
            process.terminate()
    end = time.monotonic() + STOP_WITHIN
    for process in running.values():
        try:
            process.wait(max(end - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _welcome(address: str, logs: Path, seconds: float) -> None:
    print(
        f"\nPasserelle runs at      {address}/\n"
        f"In English              {address}/en/\n"
        f"En français             {address}/fr/\n"
        f"Mails that would leave  {address}/demo/mailbox/\n"
        f"The desk of the staff   {address}/en/desk/\n"
        f"API                     {address}/api/v1/docs\n"
        f"Logs                    {logs}\n\n"
        f"Started in {seconds:.1f} seconds. Ctrl-C stops it; --fresh begins anew with new data.",
        flush=True,
    )
    sys.stdout.flush()
