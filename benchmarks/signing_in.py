"""P3, P4 and P11: what a sign-in costs beside its hash, and what sixty-four at once do to other pages.

    ./passerelle run python benchmarks/signing_in.py --server postgresql://USER@HOST:PORT/DATABASE [--cluster PID]

A flow is what a person does: the sign-in page, the form with login and password, the redirect. Rounds of flows and of
nothing but hashes (same parameters, a process a core) alternate. CPU is that of the web server with all under it and,
with `--cluster`, of PostgreSQL. One wrong answer, no figure.
"""

from __future__ import annotations

import argparse
import http.client
import multiprocessing
import os
import re
import statistics
import time
import urllib.parse
from collections.abc import Callable
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from typing import Any

import argon2
from harness import Server, cpu, machine, prepared

PASSWORD = "copper lantern harbour 1234"
LEMONLDAP = 17.0  # CPU milliseconds of a sign-in without a hash, as recorded
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
PATH = "/en/sign-in/"


class Browser:
    """One visitor's cookies and connection."""

    def __init__(self, port: int) -> None:
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.jar: dict[str, str] = {}
        self.busy = 0

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        headers = {"Host": "localhost", "Cookie": "; ".join(f"{name}={value}" for name, value in self.jar.items())}
        body = None
        if form is not None:
            body = urllib.parse.urlencode(form)
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": "http://localhost:8000"}
        self.line.request(method, path, body=body, headers=headers)
        answer = self.line.getresponse()
        text = answer.read().decode()
        for line in answer.msg.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            self.jar[name] = value
        return answer.status, text

    def sign_in(self, login: str, *, patient: bool = False) -> None:
        self.jar.clear()
        status, text = self.ask("GET", PATH)
        found = TOKEN.search(text)
        assert status == 200, status
        assert found, "no form"
        form = {"csrfmiddlewaretoken": found[1], "login": login, "password": PASSWORD}
        status, text = self.ask("POST", PATH, form)
        while patient and status == 429:  # told that the portal is busy: the same form is sent again a moment later
            self.busy += 1
            time.sleep(1)
            status, text = self.ask("POST", PATH, form)
        assert status == 302, (status, text[:300])
        assert "session" in self.jar


def _visitor(port: int, logins: list[str], seconds: float, patient: bool, ready: Barrier, told: Queue[Any]) -> None:
    browser, took = Browser(port), []
    browser.sign_in(logins[0], patient=patient)
    ready.wait()
    end, number = time.perf_counter() + seconds, 0
    while time.perf_counter() < end:
        began = time.perf_counter()
        browser.sign_in(logins[number % len(logins)], patient=patient)
        took.append(time.perf_counter() - began)
        number += 1
    told.put((took, browser.busy))


def crowd(
    port: int,
    logins: list[str],
    visitors: int,
    seconds: float,
    *,
    patient: bool = False,
    then: Callable[[], object] = lambda: None,
) -> tuple[list[float], int]:
    """Let so many visitors sign in again and again; answers what each flow took, and how often patient ones were told
    that the portal is busy. `then` is called when all are under way."""
    told: Queue[Any] = multiprocessing.Queue()
    ready = multiprocessing.Barrier(visitors + 1)
    share = max(1, len(logins) // visitors)
    shares = [logins[n * share : (n + 1) * share] for n in range(visitors)]
    people = [
        multiprocessing.Process(target=_visitor, args=(port, own, seconds, patient, ready, told), daemon=True)
        for own in shares
    ]  # fmt: skip
    for person in people:
        person.start()
    ready.wait(120)
    then()
    took: list[float] = []
    busy = 0
    for _ in people:
        flows, refused = told.get(timeout=seconds + 90)
        took, busy = took + flows, busy + refused
    for person in people:
        person.join(10)
    return took, busy


def _hash(seconds: float, ready: Barrier, told: Queue[Any]) -> None:
    hasher = argon2.PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
    encoded, count = hasher.hash(PASSWORD), 0
    ready.wait()
    spent, end = time.process_time(), time.perf_counter() + seconds
    while time.perf_counter() < end:
        hasher.verify(encoded, PASSWORD)
        count += 1
    told.put((count / seconds, (time.process_time() - spent) * 1000 / count))


def ceiling(seconds: float) -> tuple[float, float]:
    """Hashes a second of the whole machine, and CPU milliseconds of one."""
    cores = len(os.sched_getaffinity(0))
    told: Queue[Any] = multiprocessing.Queue()
    ready = multiprocessing.Barrier(cores)
    workers = [multiprocessing.Process(target=_hash, args=(seconds, ready, told)) for _ in range(cores)]
    for worker in workers:
        worker.start()
    found = [told.get() for _ in workers]
    for worker in workers:
        worker.join()
    return sum(rate for rate, _ in found), statistics.mean(spent for _, spent in found)


def percentile(took: list[float], part: float) -> float:
    return sorted(took)[min(len(took) - 1, int(len(took) * part))] * 1000


def pages(port: int, browser: Browser, path: str, seconds: float) -> list[float]:
    took, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end:
        began = time.perf_counter()
        status, _ = browser.ask("GET", path)
        assert status == 200, (path, status)
        took.append(time.perf_counter() - began)
    return took


def _besides(port: int, login: str, path: str, seconds: float, ready: Barrier, told: Queue[Any]) -> None:
    browser = Browser(port)
    browser.sign_in(login, patient=True)
    ready.wait()
    told.put((path, pages(port, browser, path, seconds)))


def besides(port: int, logins: list[str], visitors: int, seconds: float) -> dict[str, list[float]]:
    """What a public page and the private home take while so many visitors sign in (none: idle)."""
    told: Queue[Any] = multiprocessing.Queue()
    ready = multiprocessing.Barrier(3)
    watchers = [
        multiprocessing.Process(target=_besides, args=(port, logins[-1 - n], path, seconds, ready, told), daemon=True)
        for n, path in enumerate(("/en/help/", "/en/home/"))
    ]
    for watcher in watchers:
        watcher.start()
    if visitors:
        flows, busy = crowd(port, logins[:-2], visitors, seconds + 1, patient=True, then=ready.wait)
        print(f"{visitors} at once: {len(flows)} signed in, told {busy} times to try again in a moment")
    else:
        ready.wait(120)
    found = dict(told.get(timeout=seconds + 120) for _ in watchers)
    for watcher in watchers:
        watcher.join(10)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", required=True)
    parser.add_argument("--cluster", type=int, default=0, help="process of PostgreSQL's postmaster")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=6)
    options = parser.parse_args()
    database = prepared(options.server)
    database.migrate()
    logins = database.run("benchmarks/people.py", "2000").split()
    server = Server(options.server)
    try:
        print(machine())
        shares, besides_hash = [], []
        crowd(server.port, logins, 8, options.seconds, patient=True)  # both processes are warm
        for number in range(options.rounds):
            rate, hash_ms = ceiling(options.seconds / 2)
            spent = lambda: server.cpu + (cpu(options.cluster) if options.cluster else 0.0)  # noqa: E731
            before = spent()
            took, _ = crowd(server.port, logins, 4, options.seconds)
            flow_ms = (spent() - before) * 1000 / (len(took) + 4)
            shares.append(hash_ms / flow_ms)
            besides_hash.append(flow_ms - hash_ms)
            print(
                f"round {number + 1}: hash {hash_ms:.1f} ms, {rate:.0f}/s; sign-in {flow_ms:.1f} ms CPU, "
                f"{len(took) / options.seconds:.0f}/s, p50 {percentile(took, 0.5):.0f} ms"
            )
        print(f"P3  hash / sign-in, CPU: {statistics.median(shares):.2f} (must be at least 0.70)")
        rest = statistics.median(besides_hash)
        print(
            f"P4  sign-in without the hash: {rest:.1f} ms, {rest / LEMONLDAP:.2f} of LemonLDAP's {LEMONLDAP} ms (≤ 0.5)"
        )
        idle = besides(server.port, logins, 0, options.seconds)
        busy = besides(server.port, logins, 64, options.seconds)
        for path, took in busy.items():
            calm, loud = percentile(idle[path], 0.99), percentile(took, 0.99)
            print(f"P11 {path} p99 idle {calm:.0f} ms, beside 64 sign-ins {loud:.0f} ms: {loud / calm:.1f} (≤ 3)")
    finally:
        server.stop()


if __name__ == "__main__":
    main()
