"""From the code that a browser brings back to whom the provider means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_token_request
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from passerelle.provider import calls
from passerelle.provider.asking import Asked
from passerelle.provider.discovery import Endpoints
from passerelle.provider.registration import Registration

# Signed with the provider's own key. Never `none`, and never an HS…, which whoever knows a public key could forge.
ALGORITHMS = ("RS256", "ES256")
LEEWAY = 60  # seconds the provider's clock may differ from ours
LONGEST = 255


class Untrusted(Exception):
    """The answer does not prove anything. The text says why, for the log."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the provider means. `email` counts only where the provider verified it; `proved_at` is when it last asked
    who was there, None where it does not say."""

    issuer: str
    subject: str
    email: str
    email_verified: bool
    proved_at: datetime | None


def identify(
    registered: Registration, endpoints: Endpoints, asked: Asked, *, code: str, redirect_uri: str, now: datetime
) -> Identity:
    """Exchange the code and look the token through: signature, issuer, audience, times, nonce. Raises `Untrusted`, and
    `Away` where the provider does not answer."""
    try:
        answer = calls.ask(endpoints.token, **_exchange(registered, endpoints, asked, code, redirect_uri))
        keys = calls.ask(endpoints.keys)
    except calls.Declined as declined:
        raise Untrusted(str(declined)) from None
    token = answer.get("id_token")
    if not isinstance(token, str):
        raise Untrusted("no id_token was sent")
    try:
        found = jwt.decode(token, KeySet.import_key_set(keys), algorithms=ALGORITHMS)  # type: ignore[arg-type]
        claims = CodeIDToken(
            found.claims,
            found.header,
            {
                "iss": {"essential": True, "value": registered.issuer},
                "aud": {"essential": True, "value": registered.client_id},
            },
            {"nonce": asked.nonce, "client_id": registered.client_id, "access_token": answer.get("access_token")},
        )
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY)
    except (JoseError, ValueError, TypeError, LookupError, AttributeError, OverflowError, RecursionError) as error:
        # Keys and tokens are what somebody else wrote: whatever cannot be read is not trusted.
        raise Untrusted(f"{type(error).__name__}: {' '.join(str(error).split())[:200]}") from None
    return _identity(registered, claims)


def _exchange(
    registered: Registration, endpoints: Endpoints, asked: Asked, code: str, redirect_uri: str
) -> dict[str, Any]:
    """The body and headers of the exchange, in a way that the provider takes: by header unless it asks otherwise."""
    body = prepare_token_request("authorization_code", "", redirect_uri, code=code, code_verifier=asked.verifier)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    by_body = endpoints.ways and "client_secret_basic" not in endpoints.ways
    if by_body:
        auth = ClientAuth(registered.client_id, registered.client_secret, "client_secret_post")
    else:  # RFC 6749, 2.3.1: encoded as in a form before they are joined
        names = (quote(registered.client_id, safe=""), quote(registered.client_secret, safe=""))
        auth = ClientAuth(*names, "client_secret_basic")
    _, headers, body = auth.prepare("POST", endpoints.token, headers, body)
    return {"body": body, "headers": headers}


def _identity(registered: Registration, claims: dict[str, Any]) -> Identity:
    subject, email, proved = claims.get("sub"), claims.get("email"), claims.get("auth_time")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST or not subject.isprintable():
        raise Untrusted("the subject is no text of a usual length")
    try:
        proved_at = datetime.fromtimestamp(int(proved), tz=UTC) if proved else None
    except (OverflowError, OSError, ValueError):
        raise Untrusted("auth_time is no instant") from None
    return Identity(
        registered.issuer,
        subject,
        email if isinstance(email, str) and len(email) <= LONGEST and email.isprintable() else "",
        claims.get("email_verified") is True,
        proved_at,
    )
