"""The answer of every rule: never a bare boolean."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Verdict:
    """Yes or no, with why, since when, who must act and what to do next.

    `reason` is a stable code; screens, mails, the API and the Assistance render the same object.
    `actor` names a role ("requester", "assistance", …), never a person.
    """

    allowed: bool
    reason: str
    actor: str = ""
    next_action: str = ""
    since: datetime | None = None

    def __bool__(self) -> bool:
        return self.allowed


def yes(reason: str = "ok", *, actor: str = "", next_action: str = "", since: datetime | None = None) -> Verdict:
    return Verdict(True, reason, actor, next_action, since)


def no(reason: str, *, actor: str = "", next_action: str = "", since: datetime | None = None) -> Verdict:
    return Verdict(False, reason, actor, next_action, since)
