"""What the provider says of itself (OpenID Connect Discovery 1.0)."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from django.core.cache import cache

from passerelle.provider import calls
from passerelle.provider.calls import Away
from passerelle.provider.registration import Registration

KEPT = 600  # seconds: a sign-in that is begun asks the provider nothing


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Its addresses and ways. `challenges` and `algorithms` are empty where it does not name them."""

    authorization: str
    token: str
    keys: str
    ways: tuple[str, ...] = ()
    challenges: tuple[str, ...] = ()
    algorithms: tuple[str, ...] = ()
    names_itself: bool = False


def endpoints_of(registered: Registration) -> Endpoints:
    """The provider's addresses, asked for at most every ten minutes. Raises `Away`."""
    name = f"provider:{hashlib.sha256(registered.issuer.encode()).hexdigest()[:40]}"
    kept = cache.get(name)
    if isinstance(kept, dict):
        return Endpoints(**kept)
    found = read_endpoints(registered)
    cache.set(name, asdict(found), KEPT)
    return found


def read_endpoints(registered: Registration) -> Endpoints:
    """The provider's addresses as it says them now. Raises `Away`, also for what says another issuer."""
    address = f"{registered.issuer.rstrip('/')}/.well-known/openid-configuration"
    try:
        said = calls.ask(address)
    except calls.Declined as declined:
        raise Away(str(declined)) from None
    if said.get("issuer") != registered.issuer:
        raise Away(f"{address} names the issuer {str(said.get('issuer'))[:200]!r}, not {registered.issuer!r}")
    return Endpoints(
        _address(registered, said, "authorization_endpoint"),
        _address(registered, said, "token_endpoint"),
        _address(registered, said, "jwks_uri"),
        _names(said, "token_endpoint_auth_methods_supported"),
        _names(said, "code_challenge_methods_supported"),
        _names(said, "id_token_signing_alg_values_supported"),
        said.get("authorization_response_iss_parameter_supported") is True,
    )


def _address(registered: Registration, said: dict[str, Any], name: str) -> str:
    """An address that the provider names: as closed as its issuer's."""
    found = said.get(name)
    parts = urlsplit(found) if isinstance(found, str) else None
    schemes = {"https", "http"} if registered.in_clear else {"https"}
    if parts is None or not parts.hostname or parts.scheme not in schemes:
        raise Away(f"the provider names no https address as its {name}")
    return str(found)


def _names(said: dict[str, Any], name: str) -> tuple[str, ...]:
    found = said.get(name)
    return tuple(item for item in found if isinstance(item, str)) if isinstance(found, list) else ()
