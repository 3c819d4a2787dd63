"""Second factors of the demonstration: their secrets are printed, so that anybody can try them."""

from __future__ import annotations

import hashlib
from datetime import datetime

import pyotp
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import Aaguid, AttestedCredentialData

from passerelle.accounts.actions.factors import add_authenticator, add_passkey, make_recovery_codes
from passerelle.accounts.models import Person
from passerelle.accounts.rules.passkeys import NewPasskey
from passerelle.core.actor import Actor, ActorKind

SECRET = "DEMQNSTRATIQNSECRETPASSERELLE234"  # noqa: S105  printed in public: it opens nothing outside the demonstration
CODES = tuple(f"DEMXA-{place}{place}{place}{place}{place}" for place in "23456789AB")


def give_authenticator(person: Person, *, now: datetime) -> None:
    """An authenticator application with the printed secret, and the printed recovery codes."""
    code = pyotp.TOTP(SECRET).at(now)
    add_authenticator(person_id=person.pk, secret=SECRET, code=code, name="Phone", actor=_owner(person), now=now)
    make_recovery_codes(person_id=person.pk, actor=_owner(person), now=now, codes=CODES)


def give_passkey(person: Person, *, now: datetime) -> None:
    """A passkey whose private half nobody has: the person is on a journey without her device, and has her codes."""
    identifier = hashlib.sha256(f"demonstration:{person.login}".encode()).digest()
    private = ec.generate_private_key(ec.SECP256R1())
    public = ES256.from_cryptography_key(private.public_key())  # type: ignore[no-untyped-call]
    data = AttestedCredentialData.create(Aaguid.NONE, identifier, public)
    passkey = NewPasskey(
        credential=websafe_encode(identifier), digest=hashlib.sha256(identifier).hexdigest(),
        material=websafe_encode(bytes(data)), sign_count=0,
    )  # fmt: skip
    add_passkey(person_id=person.pk, passkey=passkey, name="Security key", actor=_owner(person), now=now)
    make_recovery_codes(person_id=person.pk, actor=_owner(person), now=now, codes=CODES)


def _owner(person: Person) -> Actor:
    return Actor(ActorKind.PERSON, key=person.key, name=person.get_full_name())
