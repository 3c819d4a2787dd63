"""Creating a login."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from passerelle import brand
from passerelle.accounts.enums import LoginState, PersonKind
from passerelle.accounts.models import Person
from passerelle.accounts.rules import new_login
from passerelle.audit.record import record
from passerelle.audit.tags import Tag
from passerelle.core.actor import Actor
from passerelle.core.errors import Refused
from passerelle.mail.addresses import fold


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
