"""P2: the CPU of one public page, cache cold, against recorded peers started in the same run.

    ./passerelle run python benchmarks/pages.py [--peers FOLDER]

FOLDER is a copy of the harness that measured the anchors, after its `setup.sh` (docs: benchmarks/README.md). Without it
only our own page is measured, and the recorded anchors are printed beside it. Rounds are interleaved; the CPU of a
server and everything under it is read from /proc before and after each round. One wrong answer, no figure.
"""

from __future__ import annotations

import argparse
import http.client
import importlib
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness import Server, cpu, machine, prepared

RECORDED = {"LemonLDAP::NG 2.16, public page": 12.8, "Django template without query": 1.05}
PAGES = ("/en/", "/en/get-an-access/", "/en/sign-in/", "/en/help/")


@dataclass
class Target:
    name: str
    port: int
    path: str
    host: str
    spent: Callable[[], float]
    settled: int = 0

    def ask(self, line: http.client.HTTPConnection) -> None:
        line.request("GET", self.path, headers={"Host": self.host, "X-Forwarded-Proto": "https"})
        answer = line.getresponse()
        body = answer.read()
        assert answer.status == 200, (self.name, answer.status)
        self.settled = self.settled or len(body)

    def round(self, requests: int) -> float:
        """CPU milliseconds a request."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        before = self.spent()
        for _ in range(requests):
            self.ask(line)
        time.sleep(0.3)
        took = (self.spent() - before) * 1000 / requests
        line.close()
        return took


def peers(folder: Path) -> tuple[list[Target], Callable[[], None]]:
    """Start LemonLDAP and the plain Django reference with the harness's own commands."""
    sys.path.insert(0, str(folder))
    os.chdir(folder)
    anchors: Any = importlib.import_module("anchors")
    found, running = [], []
    for name in ("llng-demo", "django-granian"):
        port, host, begin, ready, spec, _ = anchors.PEERS[name]
        processes = begin()
        running += processes
        anchors.wait_ready(port, host, ready, time.time())
        roots = [process.pid for process in processes]
        spent = lambda roots=roots: sum(cpu(root) for root in roots)  # noqa: E731
        found.append(Target(name, port, spec["public"], host or f"127.0.0.1:{port}", spent))
    return found, lambda: anchors.stop(running)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--requests", type=int, default=200)
    options = parser.parse_args()
    url = f"sqlite://{tempfile.mkdtemp(prefix='passerelle-bench-')}/bench.sqlite3"
    prepared(url).migrate()
    server = Server(url, workers=1)
    ours = [Target(f"ours {path}", server.port, path, "localhost", lambda: server.cpu) for path in PAGES]
    others, stop = peers(options.peers.resolve()) if options.peers else ([], lambda: None)
    try:
        rounds: list[dict[str, float]] = []
        for target in [*ours, *others]:
            target.round(60)
        for _ in range(options.rounds):
            rounds.append({target.name: target.round(options.requests) for target in [*ours, *others]})
    finally:
        server.stop()
        stop()
    print(machine())
    for target in [*ours, *others]:
        values = [found[target.name] for found in rounds]
        low, high, middle = min(values), max(values), statistics.median(values)
        print(f"{target.name:28} CPU {low:.2f} to {high:.2f}, median {middle:.2f} ms a page, {target.settled} bytes")
    for peer in others:
        for target in ours:
            ratios = [found[target.name] / found[peer.name] for found in rounds]
            words = f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
            print(f"{target.name} / {peer.name}: pair by pair {words}")
    if not others:
        print("recorded anchors:", RECORDED)


if __name__ == "__main__":
    main()
