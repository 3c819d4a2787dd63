"""What the doctor found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer to one question. `to_do` says what to do unless all is well."""

    subject: str
    state: State
    found: str
    to_do: str = ""


def ok(subject: str, found: str) -> Finding:
    return Finding(subject, State.OK, found)


def warn(subject: str, found: str, to_do: str) -> Finding:
    return Finding(subject, State.WARN, found, to_do)


def fail(subject: str, found: str, to_do: str) -> Finding:
    return Finding(subject, State.FAIL, found, to_do)
