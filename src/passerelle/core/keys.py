"""Random keys for addresses, and references that people read out on the phone."""

from __future__ import annotations

import secrets

# Without 0 O 1 I L: these are confused when read aloud or copied by hand.
READABLE = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def random_key() -> str:
    """A random key of 22 characters (128 bits) for use in addresses. Never guessable, never sequential."""
    return secrets.token_urlsafe(16)


def reference(prefix: str, length: int = 8) -> str:
    """A reference that people can read out: PREFIX-XXXX-XXXX."""
    body = "".join(secrets.choice(READABLE) for _ in range(length))
    return "-".join([prefix, *(body[i : i + 4] for i in range(0, length, 4))])
