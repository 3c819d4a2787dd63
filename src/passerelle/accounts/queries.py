"""Reading persons, their sessions and keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from passerelle.accounts.enums import FactorKind, LoginState, PersonKind
from passerelle.accounts.models import (
    ApiKey,
    EmailChange,
    Person,
    ProviderIdentity,
    RecoveryCode,
    SecondFactor,
    Session,
)
from passerelle.accounts.rules import api_key_digest
from passerelle.accounts.rules.email_changes import is_living
from passerelle.accounts.rules.sessions import SEEN_EVERY, session_ends_at
from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.core.sealing import is_sealed_by_present_key, marks, unseal
from passerelle.mail.addresses import fold

# What a person reads of their sign-ins: successes and failures.
ACTIVITY = (Tag.SIGNED_IN, Tag.SIGN_IN_REFUSED)


def living_by_email(email: str) -> Person | None:
    """The living login of an address, in any spelling of it (decision 16: one login an address)."""
    return Person.objects.filter(email_key=fold(email)).exclude(state=LoginState.DELETED).first()


def holder_of_identity(issuer: str, subject: str) -> Person | None:
    """The member of staff whom the group's own OpenID provider means by a subject, whatever the state of the login."""
    found = ProviderIdentity.objects.filter(issuer=issuer, subject=subject, person__kind=PersonKind.STAFF)
    linked = found.select_related("person").first()
    return linked.person if linked is not None else None


def api_key(value: str) -> ApiKey | None:
    """The living key of a program, or None."""
    if not value or len(value) > 200:
        return None
    return ApiKey.objects.filter(digest=api_key_digest(value), revoked_at__isnull=True).first()


def living_sessions(person: Person, now: datetime) -> list[Session]:
    """The sessions that still let a person in, last used first (D11)."""
    rows = Session.objects.filter(person=person, epoch=person.credential_epoch, expire_date__gt=now)
    found = [
        row for row in rows.exclude(created_at=None).exclude(last_seen_at=None)
        if session_ends_at(row.created_at, row.last_seen_at) + SEEN_EVERY > now  # type: ignore[arg-type]
    ]  # fmt: skip
    return sorted(found, key=lambda row: row.last_seen_at or now, reverse=True)


@dataclass(frozen=True, slots=True)
class KeysInUse:
    """What needs which secret key: authenticator applications and unused recovery codes, those that the present key
    made, those that a former one still opens, and those whose key is gone."""

    present: int
    former: int
    lost: int
    codes_former: int
    codes_lost: int


def keys_in_use() -> KeysInUse:
    found = {"present": 0, "former": 0, "lost": 0}
    secrets = SecondFactor.objects.filter(kind=FactorKind.AUTHENTICATOR).values_list("secret", flat=True)
    for sealed in secrets.iterator():
        found["present" if is_sealed_by_present_key(sealed) else "former" if unseal(sealed) else "lost"] += 1
    unused = RecoveryCode.objects.filter(used_at__isnull=True)
    lost = unused.filter(made_with_a_lost_key()).count()
    others = unused.exclude(made_with_a_lost_key()).exclude(digest__startswith=f"{marks()[0]}:").count()
    return KeysInUse(**found, codes_former=others, codes_lost=lost)


def made_with_a_lost_key() -> Q:
    """The recovery codes whose mark is that of no key this deployment has."""
    known = Q()
    for mark in marks():
        known |= Q(digest__startswith=f"{mark}:")
    return Q(digest__contains=":") & ~known


def activity(person: Person, most: int = 20) -> list[Event]:
    """The last sign-ins of a person, successes and failures, newest first (D11)."""
    lines = Event.objects.filter(person_key=person.key, tag__in=[tag.value for tag in ACTIVITY])
    return list(lines.order_by("-at", "-pk")[:most])


def waiting_email_change(person: Person, now: datetime) -> EmailChange | None:
    """The change of address that waits for a confirmation, if there is one."""
    change = EmailChange.objects.filter(person=person, cancelled_at__isnull=True, done_at__isnull=True).first()
    return change if change is not None and is_living(change, now) else None


def email_change(key: str) -> EmailChange | None:
    """The change of address that a link belongs to."""
    return EmailChange.objects.select_related("person").filter(key=key).first()
