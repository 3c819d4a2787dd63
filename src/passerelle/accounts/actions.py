"""Writes on logins. Each is one transaction: lock, check, change, audit."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from passerelle import brand
from passerelle.accounts.enums import MOVES, LoginState, PersonKind
from passerelle.accounts.models import ApiKey, Person, Session, StaffRole
from passerelle.accounts.rules import api_key_digest, new_login, normal_password, password_faults
from passerelle.audit.record import record
from passerelle.audit.tags import Tag
from passerelle.core.actor import Actor
from passerelle.core.errors import Refused
from passerelle.core.powers import Role
from passerelle.mail.addresses import fold


def lock(person_id: int) -> Person:
    return Person.objects.select_for_update().get(pk=person_id)


@transaction.atomic
def create_login(
    *,
    first_name: str,
    last_name: str,
    email: str,
    language: str,
    actor: Actor,
    now: datetime,
    phone: str = "",
    function: str = "",
    kind: PersonKind = PersonKind.SUPPLIER,
    company_key: str = "",
    login: str = "",
) -> Person:
    """Create a login: generated, random, never used before (D1). It has no password until its person chooses one.

    `login` gives it instead of a random one: for people who come from another system, and for the demonstration.
    Refuses `login_taken` then. Refuses `email_taken` (field `email`) when a living login has this address in any
    spelling.
    """
    codes = brand.current().codes
    prefix = codes.staff_prefix if kind is PersonKind.STAFF else codes.login_prefix
    email_key = fold(email)
    if Person.objects.filter(email_key=email_key).exclude(state=LoginState.DELETED).exists():
        raise Refused("email_taken", field="email")
    if login and Person.objects.filter(login_key=login).exists():
        raise Refused("login_taken", field="login")
    while not login:
        fresh = new_login(prefix)
        login = "" if Person.objects.filter(login_key=fresh).exists() else fresh
    person = Person(
        kind=kind, login=login, login_key=login, email=email, email_key=email_key, first_name=first_name,
        last_name=last_name, phone=phone, function=function, language=language, state_since=now, created_at=now,
        password=make_password(None),
    )  # fmt: skip
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError as error:  # two at once with one address: the table decides
        raise Refused("email_taken", field="email") from error
    record(
        Tag.LOGIN_CREATED, actor=actor, now=now, subject_key=person.key, person_key=person.key,
        company_key=company_key, new={"login": login, "kind": kind.value},
    )  # fmt: skip
    return person


@transaction.atomic
def set_password(*, person_id: int, password: str, actor: Actor, now: datetime) -> Person:
    """Set a new password and end every session of the login (D6). The first one activates the login.

    Refuses `password` with the fact `faults` (see rules.password_faults), and `login_closed` unless it is active.
    """
    person = lock(person_id)
    if person.state != LoginState.ACTIVE:
        raise Refused("login_closed")
    faults = password_faults(password, person)
    if faults:
        raise Refused("password", field="password", faults=faults)
    if person.has_usable_password():
        person.previous_password, person.previous_password_at = person.password, now
    person.password = make_password(normal_password(password))
    person.password_changed_at = now
    person.activated_at = person.activated_at or now
    person.credential_epoch += 1
    person.save()
    end_sessions(person)
    record(Tag.PASSWORD_SET, actor=actor, now=now, subject_key=person.key, person_key=person.key)
    return person


def end_sessions(person: Person) -> int:
    """End every session of the login at once; answers how many there were. Call inside an action's transaction."""
    ended, _ = Session.objects.filter(person=person).delete()
    return ended


@transaction.atomic
def change_state(*, person_id: int, to: LoginState, reason: str, actor: Actor, now: datetime) -> Person:
    """Move a login to another state, with who and why (D3). Ends its sessions unless it becomes active.

    Refuses `login_move` when the table of states has no such move (a deleted login stays deleted).
    """
    person = lock(person_id)
    was = LoginState(person.state)
    if to not in MOVES[was]:
        raise Refused("login_move", was=was.value, to=to.value)
    person.state, person.state_since, person.state_by = to, now, actor.name[:300]
    person.state_reason = "" if to is LoginState.ACTIVE else reason[:60]
    if to is not LoginState.ACTIVE:
        person.credential_epoch += 1
        end_sessions(person)
    person.save()
    record(
        Tag.LOGIN_STATE_CHANGED, actor=actor, now=now, subject_key=person.key, person_key=person.key,
        old={"state": was.value}, new={"state": to.value, "reason": reason},
    )  # fmt: skip
    return person


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
