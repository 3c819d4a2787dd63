"""What the page of a refused sign-in says: one answer for every cause, a pause, and the way out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from passerelle.core.verdict import Verdict
from passerelle.portal.session.attempt import Refusal
from passerelle.portal.session.enter import NOT_RECOGNISED
from passerelle.web.credentials import NEXT, REASONS, read_aloud
from passerelle.web.dates import day, hour

WARNED_FROM = 3  # the try after which the page says how many are left before a pause


def refused_words(refusal: Refusal) -> str:
    """Why nobody is signed in, as far as this browser may know."""
    if refusal.busy:
        return _("The portal is busy. Try again in a few seconds; this try was not counted.")
    if not refusal.evaluated and refusal.paused_until is not None:
        return paused_words(refusal.paused_until)
    if refusal.told is not None:
        return _told(refusal.told)
    return str(NOT_RECOGNISED)


def paused_words(until: datetime) -> str:
    return _("Sign-in is paused until %(hour)s to protect the account") % {"hour": hour(next_minute(until))}


def next_minute(at: datetime) -> datetime:
    """The whole minute from which a pause is over for certain."""
    return at.replace(second=0, microsecond=0) + timedelta(minutes=1 if at.second or at.microsecond else 0)


def after(refusal: Refusal | None) -> dict[str, Any]:
    """What the page shows after a failure, for its template."""
    if refusal is None:
        return {}
    if refusal.busy:
        return {"number": read_aloud(refusal.number), "busy": True}
    begun = refusal.paused_until if refusal.evaluated else None
    return {
        "number": read_aloud(refusal.number),
        "begun": hour(next_minute(begun)) if begun else "",
        "left": refusal.left if refusal.evaluated and refusal.tries >= WARNED_FROM and not begun else 0,
        "device_offered": refusal.paused_until is not None and not refusal.known_device,
    }


def _told(verdict: Verdict) -> str:
    """What a browser hears that the login knows (decision 13)."""
    if verdict.reason == "former_password":
        if verdict.since is None:
            return _("This is your previous password. Type the one you chose since")
        return _("This is your previous password. Type the one you chose on %(day)s") % {"day": day(verdict.since)}
    words = [str(REASONS.get(verdict.reason, ""))]
    if verdict.next_action in NEXT:
        words.append(str(NEXT[verdict.next_action]))
    return " ".join(words)
