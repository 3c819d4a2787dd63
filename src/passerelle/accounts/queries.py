"""Reading persons and keys."""

from __future__ import annotations

from passerelle.accounts.enums import LoginState
from passerelle.accounts.models import ApiKey, Person
from passerelle.accounts.rules import api_key_digest
from passerelle.mail.addresses import fold


def living_by_email(email: str) -> Person | None:
    """The living login of an address, in any spelling of it (decision 16: one login an address)."""
    return Person.objects.filter(email_key=fold(email)).exclude(state=LoginState.DELETED).first()


def api_key(value: str) -> ApiKey | None:
    """The living key of a program, or None."""
    if not value or len(value) > 200:
        return None
    return ApiKey.objects.filter(digest=api_key_digest(value), revoked_at__isnull=True).first()
