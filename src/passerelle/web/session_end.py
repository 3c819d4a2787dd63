"""When the session of a page ends if nothing more is done, for its frame and for the warning (WCAG 2.2.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.utils.dateparse import parse_datetime

from passerelle import brand
from passerelle.accounts.rules.sessions import session_ends_at
from passerelle.core import clock
from passerelle.web.dates import hour

_WARN_MOST = 300


@dataclass(frozen=True, slots=True)
class SessionEnd:
    """`seconds` from now; `warn_seconds` before the end the warning opens. `is_last`: no press can put it off."""

    at: datetime
    hour: str
    seconds: int
    warn_seconds: int
    is_last: bool


def session_end(request: HttpRequest) -> SessionEnd | None:
    """None where nobody is signed in. This very request counts as the last use."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    created, now = parse_datetime(str(request.session.get("created_at", ""))), clock.now()
    if created is None:
        return None
    at, idle = session_ends_at(created, now), brand.current().policies.session_idle_minutes * 60
    seconds = max(0, int((at - now).total_seconds()))
    # The idle time's last sixth, and five minutes of the usual thirty.
    return SessionEnd(at, hour(at), seconds, min(_WARN_MOST, idle // 6), seconds < idle)
