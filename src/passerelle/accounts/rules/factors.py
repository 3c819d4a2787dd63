"""Second factors: what their codes must be (D11, decision 18)."""

from __future__ import annotations

import hmac
import secrets
import unicodedata
from datetime import datetime

import pyotp

from passerelle import brand
from passerelle.core.keys import READABLE
from passerelle.core.sealing import digests, marks

STEP = 30  # seconds an authenticator's code stands
CODES = 10  # recovery codes on a list
NAME_LIMIT = 60
DIGEST = 64  # characters of a digest as it is kept
_HALF = 5  # a recovery code is read as two halves


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
    """The keyed digests a recovery code may be kept under: that of the present key, then those of former ones.

    Each begins with the mark of its key, so that the doctor can tell which keys are still needed.
    """
    made = digests(f"recovery:{person_key}:{normal_code(code)}")
    return [f"{mark}:{digest}"[:DIGEST] for mark, digest in zip(marks(), made, strict=True)] + made
