"""Can the time of an answer tell whether a login exists? The area under the curve, for each public form.

    ./passerelle run python benchmarks/enumeration.py --server postgresql://USER@HOST:PORT/DATABASE [--tries 200]

For each form two kinds of tries alternate in random order: one about a person who exists, one about nobody. AUC is the
chance that a random answer of the one kind took longer than one of the other: 0.5 tells nothing, and security asks for
0.40 to 0.60. Status and length of the answers must be the same.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections.abc import Callable

from harness import Server, machine, prepared
from signing_in import TOKEN, Browser

NUMBER = re.compile(r"\b\d{4}\s?\d{4}\b")
Form = Callable[[str, int], dict[str, str]]

FORMS: dict[str, tuple[str, Form, Form]] = {
    "sign-in": (
        "/en/sign-in/",
        lambda login, n: {"login": login, "password": f"wrong password number {n}"},
        lambda login, n: {"login": nobody(n), "password": f"wrong password number {n}"},
    ),
    "forgotten login": (
        "/en/forgotten-login/",
        lambda login, n: {"cofor": "BENCH1", "email": f"Bench{n}@bench.example"},
        lambda login, n: {"cofor": "BENCH1", "email": f"noone{n}@bench.example"},
    ),
    "forgotten password": (
        "/en/forgotten-password/",
        lambda login, n: {"cofor": "BENCH1", "login": login, "email": f"other{n}@bench.example"},
        lambda login, n: {"cofor": "BENCH1", "login": nobody(n), "email": f"other{n}@bench.example"},
    ),
}


def nobody(number: int) -> str:
    """A text of the form of a login; whether its check character is right tells nothing either."""
    drawn = random.Random(number)
    return "V" + "".join(drawn.choice("23456789ABCDEFGHJKMNPQRSTUVWXYZ") for _ in range(7))


def auc(first: list[float], second: list[float]) -> float:
    """The chance that one of the second took longer than one of the first, ties counting half."""
    wins = sum((b > a) + (b == a) / 2 for a in first for b in second)
    return wins / (len(first) * len(second))


def answer(browser: Browser, path: str, form: dict[str, str]) -> tuple[float, int, int]:
    """Seconds, status and length of one try; numbers and tokens differ and are left out of the length."""
    _, page = browser.ask("GET", path)
    found = TOKEN.search(page)
    assert found, path
    began = time.perf_counter()
    status, text = browser.ask("POST", path, form | {"csrfmiddlewaretoken": found[1]})
    took = time.perf_counter() - began
    for value in form.values():
        text = text.replace(value, "")
    return took, status, len(NUMBER.sub("", TOKEN.sub("", text)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", required=True)
    parser.add_argument("--tries", type=int, default=200)
    options = parser.parse_args()
    database = prepared(options.server)
    database.migrate()
    logins = database.run("benchmarks/people.py", "2000").split()
    server = Server(options.server)
    print(machine())
    try:
        for name, (path, known, unknown) in FORMS.items():
            browser = Browser(server.port)
            kinds = [known, unknown] * options.tries
            random.Random(7).shuffle(kinds)
            took: dict[Form, list[float]] = {known: [], unknown: []}
            seen: dict[Form, set[tuple[int, int]]] = {known: set(), unknown: set()}
            for number, kind in enumerate(kinds):
                seconds, status, length = answer(browser, path, kind(logins[number], number))
                took[kind].append(seconds)
                seen[kind].add((status, length))
            same = "the same" if seen[known] == seen[unknown] else f"DIFFERENT: {seen[known]} and {seen[unknown]}"
            print(f"{name}: AUC {auc(took[unknown], took[known]):.2f} over {options.tries} tries each; answers {same}")
    finally:
        server.stop()


if __name__ == "__main__":
    main()
