"""Secrets that must be read again later, encrypted with a key made of the deployment's own, and keyed digests.

The deployment may have former keys (`SECRET_KEY_FALLBACKS`): what they made still counts, and nothing new is made with
them.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_MARK = 6


def keys() -> tuple[str, ...]:
    """The deployment's present key, then the earlier ones that still count."""
    return (str(settings.SECRET_KEY), *(str(key) for key in settings.SECRET_KEY_FALLBACKS))


def seal(text: str) -> str:
    """Encrypt a secret: a copy of the database alone opens nothing."""
    return _box(keys()).encrypt(text.encode()).decode("ascii")


def unseal(sealed: str) -> str:
    """The secret again, or nothing when it was sealed with a key that this deployment no longer has."""
    try:
        return _box(keys()).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return ""


def is_sealed_by_present_key(sealed: str) -> bool:
    try:
        _box(keys()[:1]).decrypt(sealed.encode())
    except InvalidToken:
        return False
    return True


def resealed(sealed: str) -> str:
    """The same secret sealed with the present key; nothing when no key of this deployment opens it."""
    try:
        return _box(keys()).rotate(sealed.encode()).decode("ascii")
    except InvalidToken:
        return ""


def digests(text: str) -> list[str]:
    """The keyed digests of a text: that of the present key, which is kept, then those of former ones, which count."""
    return [hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest() for key in keys()]


def marks() -> list[str]:
    """A short name of each key, the present one first, by which a row tells the key it was made with. It tells nothing
    of the key."""
    return [text[:_MARK] for text in digests("passerelle.core.sealing:mark")]


@lru_cache(maxsize=8)
def _box(own: tuple[str, ...]) -> MultiFernet:
    """The first key writes; the others, of SECRET_KEY_FALLBACKS, still read."""
    made = []
    for key in own:
        derived = HKDF(SHA256(), 32, salt=None, info=b"passerelle.core.sealing").derive(key.encode())
        made.append(Fernet(base64.urlsafe_b64encode(derived)))
    return MultiFernet(made)
