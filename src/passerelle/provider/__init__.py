"""The group's own OpenID provider, through which staff may sign in: what is set of it, and talking to it.

Only this package speaks the protocol (OpenID Connect Core 1.0, authorization code flow with PKCE). It knows no persons:
it answers whom the provider means, and the floors above decide who that is here.
"""

from passerelle.provider.asking import Asked, address_to_ask, new_question
from passerelle.provider.calls import Away
from passerelle.provider.discovery import Endpoints, endpoints_of, read_endpoints
from passerelle.provider.registration import Registration, registration
from passerelle.provider.tokens import ALGORITHMS, LEEWAY, Identity, Untrusted, identify

__all__ = [
    "ALGORITHMS",
    "LEEWAY",
    "Asked",
    "Away",
    "Endpoints",
    "Identity",
    "Registration",
    "Untrusted",
    "address_to_ask",
    "endpoints_of",
    "identify",
    "new_question",
    "read_endpoints",
    "registration",
]
