"""The gates of the private area."""

from __future__ import annotations

from enum import StrEnum

# What a session's factor is called when the group's own provider signed its person in, who typed no password here.
BY_PROVIDER = "provider"


class Gate(StrEnum):
    """What may stand between a signed-in person and the page asked for, in the order in which they are met."""

    SECOND_FACTOR = "second_factor"
    PASSWORD = "password"  # noqa: S105  a gate, not a password
    TERMS = "terms"
    COMPANY = "company"
