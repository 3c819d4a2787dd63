"""How the portal is registered at the provider."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Registration:
    """What PASSERELLE_STAFF_OIDC_ISSUER, _CLIENT_ID and _CLIENT_SECRET say. The issuer is compared letter by letter."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)

    @property
    def in_clear(self) -> bool:
        """Whether the provider runs on this machine without TLS, which the settings allow for trying it out."""
        return urlsplit(self.issuer).scheme == "http"


def registration() -> Registration | None:
    """The registration in force; None where staff sign in with their B2B login only."""
    if not settings.PASSERELLE_STAFF_OIDC_ISSUER:
        return None
    return Registration(
        settings.PASSERELLE_STAFF_OIDC_ISSUER,
        settings.PASSERELLE_STAFF_OIDC_CLIENT_ID,
        settings.PASSERELLE_STAFF_OIDC_CLIENT_SECRET,
    )
