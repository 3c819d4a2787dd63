"""Second factors: what their codes must be, and how their secrets are kept (D11, decision 18)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import unicodedata
from datetime import datetime
from functools import lru_cache

import pyotp
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from passerelle import brand
from passerelle.core.keys import READABLE

STEP = 30  # seconds an authenticator's code stands
CODES = 10  # recovery codes on a list
NAME_LIMIT = 60
_HALF = 5  # a recovery code is read as two halves


# ---------------------------------------------------------------- secrets


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    """The first key writes; the others, of SECRET_KEY_FALLBACKS, still read."""
    made = []
    for key in keys:
        derived = HKDF(SHA256(), 32, salt=None, info=b"passerelle.accounts.factors").derive(key.encode())
        made.append(Fernet(base64.urlsafe_b64encode(derived)))
    return MultiFernet(made)


def _keys() -> tuple[str, ...]:
    return (str(settings.SECRET_KEY), *(str(key) for key in settings.SECRET_KEY_FALLBACKS))


def seal(text: str) -> str:
    """Encrypt a secret with a key made of the deployment's own: a copy of the database alone opens nothing."""
    return _box(_keys()).encrypt(text.encode()).decode("ascii")


def unseal(sealed: str) -> str:
    """The secret again, or nothing when it was sealed with a key that this deployment no longer has."""
    try:
        return _box(_keys()).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return ""


# ---------------------------------------------------------------- codes


def normal_code(typed: str) -> str:
    """A code as typed or pasted, without blanks and hyphens, in capitals, any script's digits as ours."""
    text = unicodedata.normalize("NFKC", typed).upper()
    kept = "".join(char for char in text if char.isalnum())
    return "".join(str(unicodedata.decimal(char, char)) for char in kept)


def new_secret() -> str:
    """The secret of an authenticator application, 160 bits in base 32."""
    return pyotp.random_base32()


def enrolment_address(secret: str, login: str) -> str:
    """What the QR code says: the otpauth address that authenticator applications read."""
    issuer = brand.current().organisation.short_name
    return pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=login, issuer_name=issuer)


def step_at(now: datetime) -> int:
    return int(now.timestamp()) // STEP


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step a code belongs to, of the present one and its two neighbours, newest first; None if none.

    Nothing is a code of an empty secret, which is what `unseal` makes of one sealed with a key that is gone.
    """
    if not secret:
        return None
    totp, present = pyotp.TOTP(secret, interval=STEP), step_at(now)
    given = normal_code(code).encode()
    found = None
    for step in (present - 1, present, present + 1):  # all three are looked at, so that time tells nothing
        if hmac.compare_digest(totp.generate_otp(step).encode(), given):
            found = step
    return found


def new_recovery_code() -> str:
    """One code of a list: ten characters that can be read aloud, 49 bits, written XXXXX-XXXXX."""
    body = "".join(secrets.choice(READABLE) for _ in range(2 * _HALF))
    return f"{body[:_HALF]}-{body[_HALF:]}"


def recovery_digests(person_key: str, code: str) -> list[str]:
    """The keyed digests a recovery code may be kept under: that of the present key, then those of earlier ones."""
    text = f"recovery:{person_key}:{normal_code(code)}".encode()
    return [hmac.new(key.encode(), text, hashlib.sha256).hexdigest() for key in _keys()]
