"""Secrets that must be read again later, encrypted with a key made of the deployment's own."""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


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


@lru_cache(maxsize=4)
def _box(own: tuple[str, ...]) -> MultiFernet:
    """The first key writes; the others, of SECRET_KEY_FALLBACKS, still read."""
    made = []
    for key in own:
        derived = HKDF(SHA256(), 32, salt=None, info=b"passerelle.core.sealing").derive(key.encode())
        made.append(Fernet(base64.urlsafe_b64encode(derived)))
    return MultiFernet(made)
