"""What is said when a brand folder cannot be read."""

from __future__ import annotations


class BrandError(Exception):
    """A brand folder cannot be used. The message names the file, the key and what is expected there."""
