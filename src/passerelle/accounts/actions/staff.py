"""Roles of the staff, and the keys of programs."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction

from passerelle.accounts.actions.states import lock
from passerelle.accounts.enums import PersonKind
from passerelle.accounts.models import ApiKey, StaffRole
from passerelle.accounts.rules import api_key_digest
from passerelle.audit.record import record
from passerelle.audit.tags import Tag
from passerelle.core.actor import Actor
from passerelle.core.errors import Refused
from passerelle.core.powers import Role


@transaction.atomic
def set_roles(*, person_id: int, roles: frozenset[Role], actor: Actor, now: datetime) -> None:
    """Give a member of staff exactly these roles. Refuses `not_staff` for a person of a company."""
    person = lock(person_id)
    if person.kind != PersonKind.STAFF:
        raise Refused("not_staff")
    before = sorted(person.role_names)
    person.staff_roles.all().delete()
    StaffRole.objects.bulk_create([StaffRole(person=person, role=role.value) for role in sorted(roles)])
    record(
        Tag.ROLES_CHANGED, actor=actor, now=now, subject_key=person.key, person_key=person.key,
        old={"roles": before}, new={"roles": sorted(role.value for role in roles)},
    )  # fmt: skip


@transaction.atomic
def create_api_key(*, name: str, actor: Actor, now: datetime) -> tuple[ApiKey, str]:
    """Create a program's key; the second value is the key itself, shown once and never kept."""
    value = f"psk_{secrets.token_urlsafe(32)}"
    row = ApiKey.objects.create(name=name, prefix=value[:12], digest=api_key_digest(value), created_at=now)
    record(Tag.API_KEY_CREATED, actor=actor, now=now, subject_key=row.key, new={"name": name, "prefix": row.prefix})
    return row, value


@transaction.atomic
def revoke_api_key(*, prefix: str, actor: Actor, now: datetime) -> ApiKey:
    """Revoke a living key by what is seen of it. Refuses `api_key_unknown`."""
    row = ApiKey.objects.select_for_update().filter(prefix=prefix, revoked_at__isnull=True).first()
    if row is None:
        raise Refused("api_key_unknown")
    row.revoked_at = now
    row.save(update_fields=["revoked_at"])
    record(Tag.API_KEY_REVOKED, actor=actor, now=now, subject_key=row.key)
    return row
