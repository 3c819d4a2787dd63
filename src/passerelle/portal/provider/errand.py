"""What somebody was sent to the provider for, kept in their session on the server until they are back."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest
from django.utils.dateparse import parse_datetime

from passerelle.provider import Asked

STANDS = timedelta(minutes=10)
_NAME = "provider"


@dataclass(frozen=True, slots=True)
class Errand:
    """The question asked, when, in which language, and the page to go on to.

    `person_key` is who is signed in and has to prove it again; empty for a sign-in.
    """

    asked: Asked
    at: datetime
    language: str
    next: str
    person_key: str = ""


def keep(request: HttpRequest, errand: Errand) -> None:
    """A browser has one errand: a newer one takes the place of an older."""
    asked = errand.asked
    request.session[_NAME] = {
        "asked": [asked.state, asked.nonce, asked.verifier],
        "at": errand.at.isoformat(),
        "language": errand.language,
        "next": errand.next,
        "person": errand.person_key,
    }


def take(request: HttpRequest, state: str, now: datetime) -> Errand | None:
    """The errand that a state belongs to, taken out of the session: it counts once, in this browser, ten minutes."""
    kept = request.session.get(_NAME)
    if not isinstance(kept, dict) or not hmac.compare_digest(
        str(kept["asked"][0]).encode(), state.encode(errors="replace")
    ):
        return None
    del request.session[_NAME]
    at = parse_datetime(str(kept["at"]))
    if at is None or not timedelta() <= now - at <= STANDS:
        return None
    return Errand(Asked(*kept["asked"]), at, str(kept["language"]), str(kept["next"]), str(kept["person"]))
