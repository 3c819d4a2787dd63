"""Can the time of an answer tell whether a login exists, and how it stands? The area under the curve, for each form.

    ./passerelle run python benchmarks/enumeration.py --server postgresql://USER@HOST:PORT/DATABASE [--tries 200]

For each pair two kinds of tries alternate in random order: one about a person who exists, one about nobody. AUC is the
chance that a random answer of the one kind took longer than one of the other: 0.5 tells nothing, and security asks for
0.40 to 0.60. Status and length of the answers must be the same.

The portal has no form in which a stranger registers. What the analysis of a company answers is public by design, and so
is what a request for it says; neither takes a login or an address of a person as its question.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from harness import Server, machine, prepared
from signing_in import PASSWORD, TOKEN, Browser

NUMBER = re.compile(r"\b\d{4}\s?\d{4}\b")
MARK = re.compile(r'name="submission" value="([^"]+)"')
STATES = ("active", "suspended", "blocked", "deleted")
Form = Callable[[str, int], dict[str, str]]


@dataclass(frozen=True)
class Pair:
    """A form, and what is typed into it about a person in a state and about nobody."""

    name: str
    path: str
    known: Form
    unknown: Form
    state: str = "active"


def nobody(number: int, pair: str) -> str:
    """A text of the form of a login, another one for each pair: what was tried before has been counted. Whether its
    check character is right tells nothing either."""
    drawn = random.Random(f"{pair} {number}")
    return "V" + "".join(drawn.choice("23456789ABCDEFGHJKMNPQRSTUVWXYZ") for _ in range(7))


def _wrong(login: str, n: int) -> dict[str, str]:
    return {"login": login, "password": f"wrong password number {n}"}


def _right(login: str, n: int) -> dict[str, str]:
    return {"login": login, "password": PASSWORD}


def _forgotten(login: str, n: int) -> dict[str, str]:
    return {"cofor": "BENCH1", "login": login, "email": f"other{n}@bench.example"}


def _message(email: str, login: str, n: int) -> dict[str, str]:
    return {
        "last_name": "Ch", "first_name": "Ben", "email": email, "login": login, "cofor": "BENCH1",
        "company_name": "Bench", "subject": f"Question {n}", "comments": "What is to be done?",
    }  # fmt: skip


def _nobody(form: Form, name: str) -> Form:
    return lambda login, n: form(nobody(n, name), n)


def _of_states(name: str, path: str, form: Form, states: tuple[str, ...]) -> list[Pair]:
    return [Pair(f"{name}, {state}", path, form, _nobody(form, f"{name} {state}"), state) for state in states]


PAIRS = (
    *_of_states("sign-in with a wrong password", "/en/sign-in/", _wrong, STATES),
    *_of_states("sign-in with the right password", "/en/sign-in/", _right, STATES[1:]),
    *_of_states("forgotten password", "/en/forgotten-password/", _forgotten, STATES),
    Pair(
        "forgotten login", "/en/forgotten-login/",
        lambda login, n: {"cofor": "BENCH1", "email": f"Bench{n}@bench.example"},
        lambda login, n: {"cofor": "BENCH1", "email": f"noone{n}@bench.example"},
    ),
    Pair(
        "link for a browser", "/en/sign-in/device/", lambda login, n: {"login": login},
        lambda login, n: {"login": nobody(n, "browser")},
    ),
    Pair(
        "contact", "/en/help/contact/", lambda login, n: _message(f"bench{n}@bench.example", login, n),
        lambda login, n: _message(f"noone{n}@bench.example", nobody(n, "contact"), n),
    ),
)  # fmt: skip


def auc(first: list[float], second: list[float]) -> float:
    """The chance that one of the second took longer than one of the first, ties counting half."""
    wins = sum((b > a) + (b == a) / 2 for a in first for b in second)
    return wins / (len(first) * len(second))


def answer(browser: Browser, path: str, form: dict[str, str]) -> tuple[float, int, int]:
    """Seconds, status and length of one try, without what was typed, numbers and marks: these differ."""
    browser.jar.clear()
    _, page = browser.ask("GET", path)
    found, mark = TOKEN.search(page), MARK.search(page)
    assert found, path
    sent = form | {"csrfmiddlewaretoken": found[1]} | ({"submission": mark[1]} if mark else {})
    began = time.perf_counter()
    status, text = browser.ask("POST", path, sent)
    took = time.perf_counter() - began
    assert status < 429, (path, status, text[:300])
    for value in sorted(form.values(), key=len, reverse=True):
        text = text.replace(value, "")
    return took, status, len(NUMBER.sub("", MARK.sub("", TOKEN.sub("", text))))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", required=True)
    parser.add_argument("--tries", type=int, default=200)
    parser.add_argument("--only", default="", help="pairs whose name holds this text")
    options = parser.parse_args()
    database = prepared(options.server)
    database.migrate()
    count = options.tries * 2
    logins: dict[str, list[str]] = {state: [] for state in STATES}
    for line in database.run("benchmarks/people.py", str(count * len(STATES)), "--states").splitlines():
        state, _, login = line.partition(" ")
        logins[state].append(login)
    server = Server(options.server)
    print(machine())
    try:
        for pair in PAIRS:
            if options.only not in pair.name:
                continue
            browser = Browser(server.port)
            kinds = [pair.known, pair.unknown] * options.tries
            random.Random(7).shuffle(kinds)
            took: dict[Form, list[float]] = {pair.known: [], pair.unknown: []}
            seen: dict[Form, set[tuple[int, int]]] = {pair.known: set(), pair.unknown: set()}
            for number, kind in enumerate(kinds):
                seconds, status, length = answer(browser, pair.path, kind(logins[pair.state][number], number))
                took[kind].append(seconds)
                seen[kind].add((status, length))
            same = "the same"
            if seen[pair.known] != seen[pair.unknown]:
                same = f"DIFFERENT: {seen[pair.known]} and {seen[pair.unknown]}"
            area = auc(took[pair.unknown], took[pair.known])
            print(f"{pair.name}: AUC {area:.2f} over {options.tries} tries each; answers {same}", flush=True)
    finally:
        server.stop()


if __name__ == "__main__":
    main()
