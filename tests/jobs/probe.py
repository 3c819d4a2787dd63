"""Tasks that tests run: each leaves a trace in a file or a list."""

from __future__ import annotations

import os
import time
from datetime import timedelta

from passerelle import jobs

RAN: list[str] = []


@jobs.task()
def note(word: str) -> None:
    RAN.append(word)


@jobs.task(tries=3, first=10, cap=15)
def failing(word: str) -> None:
    RAN.append(word)
    raise RuntimeError("no luck\0")


@jobs.task(tries=1)
def once(word: str) -> None:
    RAN.append(word)
    raise RuntimeError


@jobs.task(queue="mail", tries=1)
def patient(word: str) -> None:
    RAN.append(word)
    raise jobs.Later(timedelta(minutes=1), pause=5)


@jobs.task()
def write(path: str, word: str, seconds: float = 0.0) -> None:
    """Append a line saying that it began, and one that it ended."""
    for text in (f"begin {word} {os.getpid()}\n", f"end {word} {os.getpid()}\n"):
        with open(path, "a") as file:
            file.write(text)
        time.sleep(seconds if text.startswith("begin") else 0)


@jobs.task()
def tick() -> None:
    RAN.append("tick")
