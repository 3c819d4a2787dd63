"""Questions about versions of the terms."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


def text_digest(title: str, body: str) -> str:
    """SHA-256 of a text as it is shown: its title, a newline and its body, in UTF-8."""
    return hashlib.sha256(f"{title}\n{body}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands to the terms, by the numbers of versions: `current` is in effect, `required` the newest whose
    deadline has passed, `accepted` the newest accepted. None: there is none."""

    current: int | None = None
    required: int | None = None
    accepted: int | None = None
    first_is_due: bool = False


def in_order(standing: Standing) -> bool:
    """Whether nothing is due now: an acceptance counts until the deadline of a newer version (decision 31).

    `first_is_due` says that whoever never accepted any owes the current one at once, as persons do; a company accepted
    when its access was opened.
    """
    if standing.accepted is None:
        return not (standing.first_is_due and standing.current) and standing.required is None
    return standing.required is None or standing.accepted >= standing.required


def is_newer(standing: Standing) -> bool:
    """Whether a newer version than the accepted one is in effect, due or not."""
    return standing.current is not None and (standing.accepted or 0) < standing.current
