"""Single-use links: issued in an action, rendered when the mail leaves, opened by GET, spent by POST (decision 9)."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.db import transaction
from django.urls import NoReverseMatch, reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import override

from passerelle.core.errors import Refused
from passerelle.mail.models import Link, Message, MessageState

# The page each purpose leads to. The only addresses of pages known below the doors.
ROUTES = {
    "terms": "access:terms",
    "objection": "access:objection",
    "activation": "session:activation",
    "designation": "access:designation",
    "copy": "help:copy",
    "recovery": "recovery:choose",  # a new password after a forgotten one, or when a PLSA or the Assistance sends it
    "device": "session:device",  # makes the owner's browser a known one
    "lift": "session:lift",  # lifts a block by the former password
    "email_old": "account:email_old",
    "email_new": "account:email_new",
    "removal": "factors:removal",  # the owner keeps the second factor that somebody asked to remove
}
# Purposes of which several people hold a living link of the same subject at once; the others have one holder.
MANY_HOLDERS = frozenset({"objection"})

# Links that hold for minutes or hours: a mail server that was away must not eat them up.
SHORT = frozenset({"recovery", "device", "lift"})
LEFT = timedelta(minutes=30)  # what is left of one at least when its mail leaves, or its whole time if that is less
WAITS = timedelta(hours=24)  # a mail that would leave later than that is of no use any more

_KEY = 22
_PROOF = 26  # 128 bits in base 32: it ends in a letter or digit, so no mail reader cuts it
_TOKEN = re.compile(rf"[A-Za-z0-9_-]{{{_KEY}}}[a-z2-7]{{{_PROOF}}}")


class LinkStatus(StrEnum):
    VALID = "valid"
    USED = "used"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class LinkState:
    """What a token from an address turned out to be. `link` is there unless the token is unknown."""

    link: Link | None
    status: LinkStatus


def status_of(link: Link, now: datetime) -> LinkStatus:
    if link.used_at:
        return LinkStatus.USED
    if link.superseded_at:
        return LinkStatus.SUPERSEDED
    return LinkStatus.VALID if now < link.expires_at else LinkStatus.EXPIRED


def issue(purpose: str, *, subject_key: str, recipient: str, expires_at: datetime, now: datetime) -> Link:
    """Make a new link and supersede the living one of the same purpose and subject; its unsent mails are dropped.

    Works only inside a transaction that holds the lock of the subject, so that two of them cannot cross.
    """
    if purpose not in ROUTES:
        raise ValueError(f"no page is known for links of purpose {purpose!r}")
    _end(_living(purpose, subject_key, recipient if purpose in MANY_HOLDERS else ""), now)
    return Link.objects.create(
        purpose=purpose, subject_key=subject_key, recipient=recipient, created_at=now, expires_at=expires_at
    )


def make_room(link: Link, now: datetime) -> bool:
    """Let a short-lived link end later whose mail leaves late; answers whether it does. Call when the mail leaves.

    Nobody can have had it before, unless the server took the mail and we did not learn of it: then it lives longer, a
    day and half an hour at most. Opened, used and superseded ones stay as they are.
    """
    left = min(LEFT, link.expires_at - link.created_at)
    if link.purpose not in SHORT or link.expires_at - now >= left - timedelta(minutes=1):
        return False
    living = Link.objects.filter(pk=link.pk, used_at__isnull=True, superseded_at__isnull=True, opened_at__isnull=True)
    if now - link.created_at > WAITS or not living.update(expires_at=now + left):
        return False
    link.expires_at = now + left
    return True


def void(purpose: str, subject_key: str, now: datetime) -> int:
    """End every living link of a purpose and subject, and drop its unsent mails; answers how many links there were."""
    return _end(_living(purpose, subject_key), now)


def _living(purpose: str, subject_key: str, recipient: str = "") -> list[int]:
    links = Link.objects.filter(
        purpose=purpose, subject_key=subject_key, used_at__isnull=True, superseded_at__isnull=True
    )
    if recipient:
        links = links.filter(recipient=recipient)
    return list(links.values_list("pk", flat=True))


def _end(pks: list[int], now: datetime) -> int:
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("links are issued and voided only inside the transaction of an action")
    if not pks:
        return 0
    ended = Link.objects.filter(pk__in=pks, used_at__isnull=True, superseded_at__isnull=True).update(superseded_at=now)
    Message.objects.filter(link__in=pks, state=MessageState.QUEUED).update(state=MessageState.DROPPED)
    return ended


def token(link: Link) -> str:
    """What the address carries: the row's key and the proof that we wrote it. Never stored, never logged."""
    return link.key + _proof(link.key, link.purpose, settings.SECRET_KEY)


def _proof(key: str, purpose: str, secret: str | bytes) -> str:
    digest = salted_hmac("passerelle.mail.links", f"{purpose}:{key}", secret=secret, algorithm="sha256").digest()
    return base64.b32encode(digest[:16]).decode("ascii").rstrip("=").lower()


def url(link: Link, language: str) -> str:
    """The full address of the link's page in a language."""
    try:
        with override(language):
            path = reverse(ROUTES[link.purpose], kwargs={"token": token(link)})
    except NoReverseMatch:  # its message holds the token, and ends in a log
        raise LookupError(f"no page is called {ROUTES[link.purpose]}") from None
    return f"{settings.PASSERELLE_BASE_URL}{path}"


def find(token: str, purpose: str, now: datetime) -> LinkState:
    """Look a token up. Forgives what mail readers put around an address; a token nobody wrote costs no query."""
    found = _TOKEN.match(token.strip().lstrip("<(\"'"))
    text = found.group() if found else ""
    key, proof = text[:_KEY], text[_KEY:]
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if not found or not any(constant_time_compare(proof, _proof(key, purpose, secret)) for secret in secrets):
        return LinkState(None, LinkStatus.UNKNOWN)
    link = Link.objects.filter(key=key, purpose=purpose).first()
    return LinkState(link, status_of(link, now)) if link else LinkState(None, LinkStatus.UNKNOWN)


def mark_opened(link: Link, now: datetime) -> None:
    """Remember the first opening, for the ledger. Opening spends nothing."""
    if link.opened_at is None:
        Link.objects.filter(pk=link.pk, opened_at__isnull=True).update(opened_at=now)
        link.opened_at = now


def get(link_key: str) -> Link:
    """The link, not locked: lock its subject, then `spend` it. Refuses with `link_unknown`."""
    link = Link.objects.filter(key=link_key).first()
    if link is None:
        raise Refused("link_unknown")
    return link


def refuse_ended(link: Link, now: datetime) -> None:
    """Refuse as `spend` would, spending nothing: for what is costly and done before the lock. The row is read anew."""
    link.refresh_from_db()
    if (status := status_of(link, now)) is not LinkStatus.VALID:
        raise Refused(f"link_{status}")


def lock(link_key: str) -> Link:
    """The link, locked until the action's transaction ends. Refuses with `link_unknown`."""
    link = Link.objects.select_for_update().filter(key=link_key).first()
    if link is None:
        raise Refused("link_unknown")
    return link


def spend(link: Link, now: datetime) -> None:
    """Use the link up. Refuses with `link_used`, `link_superseded` or `link_expired`; of two at once one wins."""
    living = Link.objects.filter(pk=link.pk, used_at__isnull=True, superseded_at__isnull=True, expires_at__gt=now)
    if not living.update(used_at=now):
        link.refresh_from_db()
        raise Refused(f"link_{status_of(link, now)}")
    link.used_at = now
