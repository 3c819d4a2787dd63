"""The passwords of demonstration accounts. They are printed in public, so they are refused outside the demonstration."""

from __future__ import annotations

SUPPLIER = "harbour copper lantern 42"
STAFF = "granite willow compass 77"
FORMER = "velvet anchor meadow 15"

_ALL = frozenset({SUPPLIER, STAFF, FORMER})


def is_demonstration_password(password: str) -> bool:
    return password in _ALL
