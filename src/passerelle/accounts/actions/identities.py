"""The link between a member of staff and whom the group's own OpenID provider means."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from passerelle.accounts.actions.states import lock
from passerelle.accounts.mails import security
from passerelle.accounts.models import Person, ProviderIdentity
from passerelle.accounts.rules import may_use_login
from passerelle.audit.record import record
from passerelle.audit.tags import Tag
from passerelle.core.actor import Actor
from passerelle.core.errors import Refused


@transaction.atomic
def link_identity(*, person_id: int, issuer: str, subject: str, actor: Actor, now: datetime) -> Person:
    """Keep whom the provider means by a subject, from now on (decision 3).

    Refuses `not_staff` for a person of a company, `login_closed` unless the login is active, and `identity_taken` when
    the person is linked to another subject already, or the subject to another person. The person is told by mail.
    """
    person = lock(person_id)
    if not person.is_staff:
        raise Refused("not_staff")
    if not may_use_login(person):
        raise Refused("login_closed")
    try:
        with transaction.atomic():
            ProviderIdentity.objects.create(person=person, issuer=issuer, subject=subject, created_at=now)
    except IntegrityError:
        raise Refused("identity_taken") from None
    record(
        Tag.IDENTITY_LINKED, actor=actor, now=now, subject_key=person.key, person_key=person.key,
        new={"issuer": issuer},
    )  # fmt: skip
    security.identity_linked(person, actor=actor, now=now)
    return person


@transaction.atomic
def forget_identity(*, person_id: int, actor: Actor, now: datetime) -> Person:
    """Undo the link, so that the next sign-in by the verified address makes a new one: the provider gave the person
    another account. Refuses `identity_unknown` without one."""
    person = lock(person_id)
    removed, _ = person.provider_identities.all().delete()
    if not removed:
        raise Refused("identity_unknown")
    record(Tag.IDENTITY_FORGOTTEN, actor=actor, now=now, subject_key=person.key, person_key=person.key)
    return person
