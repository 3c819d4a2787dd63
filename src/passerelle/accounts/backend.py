"""Authentication by B2B login and password. State and refusals live here (decision 33)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password

from passerelle.accounts.demonstration import is_demonstration_password
from passerelle.accounts.models import Person
from passerelle.accounts.rules import fold_login, may_use_login, normal_password

_DUMMY: list[str] = []


def _dummy_hash() -> str:
    """A hash nobody's password has, made with the parameters in force, so that a miss costs what a hit costs."""
    if not _DUMMY:
        _DUMMY.append(make_password("no password of anybody"))
    return _DUMMY[0]


def spend_a_failure(password: str) -> None:
    """Cost what a failure costs, for a refusal that comes after the password was found right (a closed company)."""
    check_password(normal_password(password), _dummy_hash())


class LoginBackend:
    """Answers the person, or None for every cause alike: unknown, deleted, suspended, blocked, wrong (D2).

    Every failure costs exactly two hashes and a success one (decision 13), so that time tells nothing.
    """

    def authenticate(self, request: Any, login: str = "", password: str = "", **rest: Any) -> Person | None:
        text = normal_password(password)
        person = Person.objects.filter(login_key=fold_login(login)).first()
        usable = person is not None and person.has_usable_password()
        encoded = person.password if person is not None and usable else _dummy_hash()
        matched = check_password(text, encoded)
        if person is not None and usable and matched and bool(may_use_login(person)) and _allowed_here(text):
            return person
        check_password(text, _dummy_hash())
        return None

    def get_user(self, user_id: int) -> Person | None:
        return Person.objects.filter(pk=user_id).first()


def _allowed_here(password: str) -> bool:
    return bool(settings.PASSERELLE_DEMO) or not is_demonstration_password(password)
