"""Plays scenes in a process of its own on a real database: a line in is a scene's name, a line out what went wrong.

Threads of a test process would share one connection to SQLite's memory; here each racer has its own.
"""

from __future__ import annotations

import json
import sys
import threading
import traceback
from collections import Counter
from collections.abc import Callable
from typing import Any

import django

if __name__ == "__main__":
    django.setup()

from django.db import close_old_connections, connection, connections

from passerelle.core.errors import Refused

RACERS = 20


def race(*runners: Callable[[], Any], times: int = 1) -> list[Any]:
    """Start all at one signal; answers what each returned, or the refusal or error it raised, in their order."""
    everybody = [runner for runner in runners for _ in range(times)]
    gate = threading.Barrier(len(everybody))
    results: list[Any] = [None] * len(everybody)

    def run(place: int) -> None:
        close_old_connections()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        gate.wait(30)
        try:
            results[place] = everybody[place]()
        except BaseException as error:
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(everybody))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
        assert not thread.is_alive(), "a racer waits for ever"
    for result in results:
        if isinstance(result, BaseException) and not isinstance(result, Refused):
            raise result
    return results


def refusals(results: list[Any]) -> Counter[str]:
    """How many racers were refused, by code. Each refusal must have words that a page can say."""
    from passerelle.backoffice.openings.decisions import FAULTS
    from passerelle.portal.access.words import refusal_words

    lost = [result for result in results if isinstance(result, Refused)]
    for refusal in lost:
        spoken = refusal.code in FAULTS or refusal.code in {"login_move", "nothing_to_settle", "email_taken"}
        assert spoken or refusal_words(refusal), refusal.code
    return Counter(refusal.code for refusal in lost)


def winners(results: list[Any]) -> list[Any]:
    return [result for result in results if not isinstance(result, Refused)]


def deadlocks() -> int:
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def main() -> None:
    from tests.races import scenes

    for line in sys.stdin:
        name = line.strip()
        wrong = ""
        try:
            getattr(scenes, name)()
        except BaseException:
            wrong = traceback.format_exc()
        sys.stdout.write("\n>" + json.dumps(wrong) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    sys.modules["tests.races.play"] = sys.modules["__main__"]
    main()
