"""Staff logins and API keys by command."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from passerelle.accounts.enums import PersonKind
from passerelle.accounts.models import ApiKey, Person
from passerelle.accounts.queries import api_key
from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.core import clock
from passerelle.mail import links
from passerelle.mail.links import LinkStatus

pytestmark = pytest.mark.django_db
NAMES = ("--first-name", "Ada", "--last-name", "Winter", "--email", "ada@group.example")
PASSWORD = "kestrel orbit marmalade 9"


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_a_member_of_staff_gets_a_login_roles_and_a_link_that_works_once() -> None:
    told = run("create_staff", *NAMES, "--role", "assistance", "--role", "editor", "--language", "fr")
    person = Person.objects.get()
    assert (person.kind, person.language, person.role_names) == (PersonKind.STAFF, "fr", {"assistance", "editor"})
    assert f"Login: {person.login}" in told
    assert not person.has_usable_password()
    token = re.search(r"/fr/\S*/([^/\s]+)/\n", told)
    assert token
    assert links.find(token.group(1), "activation", clock.now()).status is LinkStatus.VALID
    assert set(Event.objects.values_list("tag", flat=True)) == {Tag.LOGIN_CREATED.value, Tag.ROLES_CHANGED.value}


def test_a_script_may_give_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO(PASSWORD + "\n"))
    told = run("create_staff", *NAMES, "--role", "purchasing", "--password-from-stdin")
    assert Person.objects.get().check_password(PASSWORD)
    assert PASSWORD not in told
    assert "Choose a password" not in told


def test_a_password_that_is_refused_creates_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("short\n"))
    with pytest.raises(CommandError, match="too short"):
        run("create_staff", *NAMES, "--role", "purchasing", "--password-from-stdin")
    assert not Person.objects.exists()
    assert not Event.objects.exists()


def test_an_address_that_is_taken_in_any_spelling_is_refused() -> None:
    run("create_staff", *NAMES, "--role", "editor")
    with pytest.raises(CommandError, match="already"):
        run("create_staff", *NAMES[:4], "--email", "ADA@Group.example", "--role", "editor")


@pytest.mark.parametrize(("option", "value"), [("--email", "ada"), ("--first-name", " ")])
def test_what_is_not_a_name_or_an_address_is_refused(option: str, value: str) -> None:
    with pytest.raises(CommandError, match=option):
        run("create_staff", *NAMES, "--role", "editor", option, value)


def test_an_api_key_is_shown_once_and_revoked_by_its_beginning() -> None:
    told = run("create_api_key", "Purchasing robot")
    value = told.partition("Key: ")[2].split()[0]
    assert api_key(value) is not None
    row = ApiKey.objects.get()
    assert value not in f"{row.digest}{row.prefix}"
    assert "Purchasing robot" in run("revoke_api_key", row.prefix)
    assert api_key(value) is None
    with pytest.raises(CommandError, match="No living key"):
        run("revoke_api_key", row.prefix)
    assert [event.tag for event in Event.objects.order_by("pk")] == [Tag.API_KEY_CREATED, Tag.API_KEY_REVOKED]
