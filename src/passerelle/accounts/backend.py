"""What a B2B login and password are held against. State and refusals live here (decision 33).

Every failure costs exactly two hashes and a success one (decision 13), so that time tells nothing: `is_right` is the
first, `was_former` the second.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password, identify_hasher, make_password

from passerelle import brand
from passerelle.accounts.demonstration import is_demonstration_password
from passerelle.accounts.models import Person
from passerelle.accounts.rules import (
    fold_login,
    former_password_counts,
    may_sign_in_with,
    may_use_login,
    normal_password,
)
from passerelle.core import clock

_DUMMY: list[str] = []


def _dummy_hash() -> str:
    """A hash nobody's password has, made with the parameters in force, so that a miss costs what a hit costs."""
    if not _DUMMY:
        _DUMMY.append(make_password("no password of anybody"))
    return _DUMMY[0]


def is_right(person: Person | None, password: str) -> bool:
    """Whether this is the person's password. One hash, for nobody and for a login without a password too."""
    text = normal_password(password)
    usable = person is not None and person.has_usable_password()
    encoded = person.password if person is not None and usable else _dummy_hash()
    return check_password(text, encoded) and usable and _allowed_here(text)


def was_former(person: Person | None, password: str, *, now: datetime) -> bool:
    """Whether this is the person's previous password (D7). One hash, whether or not there is one to compare with."""
    counts = (
        person is not None
        and brand.current().policies.former_password != "off"  # noqa: S105  a policy
        and former_password_counts(person, now=now)
    )
    encoded = person.previous_password if person is not None and counts else _dummy_hash()
    return check_password(normal_password(password), encoded) and counts


def renewed_hash(person: Person, password: str) -> str:
    """A hash, with the parameters in force, of a password that was just found right; nothing if the one kept is."""
    outdated = identify_hasher(person.password).must_update(person.password)
    return make_password(normal_password(password)) if outdated else ""


class LoginBackend:
    """Answers the person, or None for every cause alike: unknown, deleted, suspended, blocked, wrong (D2)."""

    def authenticate(self, request: Any, login: str = "", password: str = "", **rest: Any) -> Person | None:
        person = Person.objects.filter(login_key=fold_login(login)).first()
        now = clock.now()
        matched = is_right(person, password)
        if person is not None and matched and may_use_login(person) and may_sign_in_with(person, now=now):
            return person
        was_former(None, password, now=now)
        return None

    def get_user(self, user_id: int) -> Person | None:
        return Person.objects.filter(pk=user_id).first()


def _allowed_here(password: str) -> bool:
    return bool(settings.PASSERELLE_DEMO) or not is_demonstration_password(password)
