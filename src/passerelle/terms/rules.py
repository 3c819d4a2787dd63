"""Questions about versions of the terms."""

from __future__ import annotations

import hashlib


def text_digest(title: str, body: str) -> str:
    """SHA-256 of a text as it is shown: its title, a newline and its body, in UTF-8."""
    return hashlib.sha256(f"{title}\n{body}".encode()).hexdigest()
