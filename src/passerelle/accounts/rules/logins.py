"""The form of a login (D1, decision 11)."""

from __future__ import annotations

import hashlib
import secrets
import unicodedata

from passerelle import brand

# Without 0 O 1 I L: a login is read out on the phone (decision 11).
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_RANDOM = 6


def check_character(body: str) -> str:
    """The last character of a login: a weighted sum that finds every single mistyped character and every swap of
    neighbours (the alphabet has a prime number of characters, 31)."""
    total = sum((place + 2) * ALPHABET.index(char) for place, char in enumerate(body))
    return ALPHABET[total % len(ALPHABET)]


def new_login(prefix: str) -> str:
    """A random login: the prefix, six characters and a check character (D1). Uniqueness is the table's business."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(_RANDOM))
    return f"{prefix}{body}{check_character(body)}"


def fold_login(typed: str) -> str:
    """A login as typed, to the form it is found by: any case, spaces and hyphens forgiven."""
    text = typed
    # What one pass leaves out may let neighbours compose in the next; after the third nothing is left to compose.
    for _ in range(3):
        upper = unicodedata.normalize("NFKC", text).upper()
        text = "".join(char for char in upper if not char.isspace() and char != "-")
    return text


def well_formed_login(login: str) -> bool:
    """Whether the login could have been given by this portal: prefix, alphabet, length and check character."""
    codes = brand.current().codes
    for prefix in (codes.login_prefix, codes.staff_prefix):
        body = login[len(prefix) :]
        if login.startswith(prefix) and len(body) == _RANDOM + 1 and all(char in ALPHABET for char in body):
            return check_character(body[:-1]) == body[-1]
    return False


def api_key_digest(value: str) -> str:
    """Keys are 256 random bits, so a plain digest keeps them; a slow hash would only slow the API."""
    return hashlib.sha256(value.encode()).hexdigest()
