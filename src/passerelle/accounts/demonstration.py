"""The passwords of demonstration accounts: printed in public, so refused outside the demonstration."""

from __future__ import annotations

SUPPLIER = "harbour copper lantern 42"
STAFF = "granite willow compass 77"
FORMER = "velvet anchor meadow 15"

_ALL = frozenset({SUPPLIER, STAFF, FORMER})


def is_demonstration_password(password: str) -> bool:
    return password in _ALL
