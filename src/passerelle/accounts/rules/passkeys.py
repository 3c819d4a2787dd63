"""The protocol of passkeys (WebAuthn): what the browser is asked, and whether its answer proves anything.

Yubico's library speaks the protocol; here stands what we ask of it. A challenge lives in the session that asked and
counts once; the door takes it out of the session before it is looked at.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from passerelle import brand
from passerelle.accounts.enums import FactorKind
from passerelle.accounts.models import Person, SecondFactor
from passerelle.core.errors import Refused

ANSWER_LIMIT = 20_000  # characters; an answer with an attestation is below 8,000
_PREFERRED = UserVerificationRequirement.PREFERRED


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """A passkey whose holder has just answered the challenge with it."""

    credential: str
    digest: str
    material: str
    sign_count: int


@dataclass(frozen=True, slots=True)
class UsedPasskey:
    """A passkey of the person that signed the challenge, and what its counter said."""

    factor: SecondFactor
    sign_count: int


def creation_options(person: Person, factors: Sequence[SecondFactor]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the browser is asked to make a new passkey, and the state to keep in the session until it answers."""
    user = PublicKeyCredentialUserEntity(
        id=person.key.encode(), name=person.login, display_name=person.get_full_name() or person.login
    )
    options, state = _server().register_begin(
        user, _descriptors(factors), resident_key_requirement=ResidentKeyRequirement.PREFERRED,
        user_verification=_PREFERRED,
    )  # fmt: skip
    return dict(options), dict(state)


def request_options(factors: Sequence[SecondFactor]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the browser is asked to prove that one of these passkeys is at hand, and the state to keep."""
    options, state = _server().authenticate_begin(_descriptors(factors), user_verification=_PREFERRED)
    return dict(options), dict(state)


def made(state: dict[str, Any], answer: str) -> NewPasskey:
    """Read the browser's answer to `creation_options`. Refuses `passkey_unproven` whatever is wrong with it."""
    try:
        proof = _server().register_complete(state, RegistrationResponse.from_dict(_read(answer)))
        data = proof.credential_data
        if data is None or len(data.credential_id) > 1023:  # the longest the protocol knows
            raise ValueError("no credential in the answer")
    except Exception as error:  # the library answers hostile bytes with many kinds of errors
        raise Refused("passkey_unproven") from error
    return NewPasskey(
        credential=websafe_encode(data.credential_id),
        digest=hashlib.sha256(data.credential_id).hexdigest(),
        material=websafe_encode(bytes(data)),
        sign_count=proof.counter,
    )


def used(state: dict[str, Any], factors: Sequence[SecondFactor], answer: str) -> UsedPasskey:
    """Read the browser's answer to `request_options`. Refuses `passkey_unproven` whatever is wrong with it."""
    try:
        response = AuthenticationResponse.from_dict(_read(answer))
        own = _passkeys(factors)
        proven = _server().authenticate_complete(state, [_data(factor) for factor in own], response)
        digest = hashlib.sha256(proven.credential_id).hexdigest()
        factor = next(factor for factor in own if factor.credential_digest == digest)
        return UsedPasskey(factor, response.response.authenticator_data.counter)
    except Exception as error:
        raise Refused("passkey_unproven") from error


def _server() -> Fido2Server:
    """The portal as browsers know it: its host name, and answers from its own address only."""
    address = urlsplit(settings.PASSERELLE_BASE_URL)
    own = f"{address.scheme}://{address.netloc}"
    rp = PublicKeyCredentialRpEntity(id=address.hostname or "localhost", name=brand.current().organisation.name)
    return Fido2Server(rp, verify_origin=lambda origin: origin == own)


def _read(answer: str) -> dict[str, Any]:
    if len(answer) > ANSWER_LIMIT:
        raise ValueError("too long")
    found = json.loads(answer)
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found


def _passkeys(factors: Sequence[SecondFactor]) -> list[SecondFactor]:
    return [factor for factor in factors if factor.kind == FactorKind.PASSKEY]


def _data(factor: SecondFactor) -> AttestedCredentialData:
    return AttestedCredentialData(websafe_decode(factor.material))


def _descriptors(factors: Sequence[SecondFactor]) -> list[PublicKeyCredentialDescriptor]:
    kind = PublicKeyCredentialType.PUBLIC_KEY
    return [
        PublicKeyCredentialDescriptor(type=kind, id=websafe_decode(factor.credential)) for factor in _passkeys(factors)
    ]
