"""What is set of the provider: contradictions stop the start, the doctor asks the provider (I11, decision 3)."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from passerelle.accounts import actions as accounts
from passerelle.accounts.models import Person, ProviderIdentity
from passerelle.config.env import Environment, staff_provider
from passerelle.core.actor import SYSTEM
from passerelle.core.errors import Refused
from passerelle.operations.doctor import State, neighbours
from tests.conftest import NOW
from tests.entry.conftest import House
from tests.provider.conftest import Browser
from tests.provider.server import Provider

WHOLE = {
    "base_url": "https://suppliers.group.example",
    "staff_oidc_issuer": "https://accounts.group.example/realm/",
    "staff_oidc_client_id": "passerelle",
    "staff_oidc_client_secret": "secret",
}


def test_the_three_settings_are_read_as_they_are() -> None:
    issuer = "https://accounts.group.example/realm/"
    assert staff_provider(Environment(**WHOLE)) == (issuer, "passerelle", "secret")  # type: ignore[arg-type]
    assert staff_provider(Environment()) == ("", "", "")
    local = WHOLE | {"base_url": "http://localhost:8000", "staff_oidc_issuer": "http://127.0.0.1:9000"}
    assert staff_provider(Environment(**local))[0] == "http://127.0.0.1:9000"  # type: ignore[arg-type]


def test_the_secret_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("from a file\n")
    for name in ("issuer", "client_id"):
        monkeypatch.setenv(f"PASSERELLE_STAFF_OIDC_{name.upper()}", WHOLE[f"staff_oidc_{name}"])
    monkeypatch.setenv("PASSERELLE_STAFF_OIDC_CLIENT_SECRET_FILE", str(path))
    assert staff_provider(Environment())[2] == "from a file"


@pytest.mark.parametrize(
    "changed",
    [
        {"staff_oidc_issuer": ""},
        {"staff_oidc_client_id": " "},
        {"staff_oidc_client_secret": ""},
        {"staff_oidc_issuer": "http://accounts.group.example"},
        {"staff_oidc_issuer": "http://localhost:9000"},
        {"staff_oidc_issuer": "accounts.group.example"},
        {"staff_oidc_issuer": "https://accounts.group.example/?realm=1"},
        {"staff_oidc_issuer": "https://accounts.group.example/#realm"},
        {"staff_oidc_issuer": "https://user:word@accounts.group.example/"},
        {"staff_oidc_issuer": f"https://accounts.group.example/{'x' * 300}"},
    ],
)
def test_contradictions_stop_the_start_and_tell_no_secret(changed: dict[str, str]) -> None:
    values: dict[str, Any] = WHOLE | changed
    with pytest.raises(ValueError, match="PASSERELLE_STAFF_OIDC_ISSUER") as stopped:
        staff_provider(Environment(**values))
    assert "secret" not in str(stopped.value)


# ---------------------------------------------------------------- the doctor


def test_the_doctor_is_content_without_a_provider() -> None:
    assert [finding.state for finding in neighbours.staff_provider()] == [State.OK]


@pytest.mark.parametrize(
    ("metadata", "state"),
    [
        ({}, State.OK),
        ({"code_challenge_methods_supported": ["plain"]}, State.FAIL),
        ({"code_challenge_methods_supported": None}, State.WARN),
        ({"id_token_signing_alg_values_supported": ["HS256", "none"]}, State.FAIL),
        ({"issuer": "https://another.example"}, State.FAIL),
        ({"jwks_uri": "file:///etc/passwd"}, State.FAIL),
    ],
)
def test_the_doctor_asks_the_provider(group: Provider, metadata: dict[str, Any], state: State) -> None:
    group.metadata = metadata
    (finding,) = neighbours.staff_provider()
    assert finding.state is state
    assert finding.to_do or state is State.OK


def test_the_doctor_fails_when_the_provider_is_away(group: Provider) -> None:
    group.answers[".well-known/openid-configuration"] = (503, b"")
    (finding,) = neighbours.staff_provider()
    assert (finding.state, "503" in finding.found) == (State.FAIL, True)


# ---------------------------------------------------------------- links


def test_a_link_is_undone_by_a_command(browser: Browser, ada: Person) -> None:
    browser.sign_in()
    out = StringIO()
    call_command("forget_provider", ada.login.lower(), stdout=out)
    assert ada.login in out.getvalue()
    assert not ProviderIdentity.objects.exists()
    for login in (ada.login, "nobody"):
        with pytest.raises(CommandError):
            call_command("forget_provider", login)


def test_only_active_staff_is_linked_and_each_once(house: House, ada: Person) -> None:
    def link(person: Person, subject: str) -> None:
        accounts.link_identity(
            person_id=person.pk, issuer="https://accounts.group.example", subject=subject, actor=SYSTEM, now=NOW
        )

    with pytest.raises(Refused, match="not_staff"):
        link(house.plsa, "one")
    link(ada, "one")
    for subject in ("one", "two"):
        with pytest.raises(Refused, match="identity_taken"):
            link(ada, subject)
    assert ProviderIdentity.objects.get().subject == "one"
    with pytest.raises(IntegrityError), transaction.atomic():
        ProviderIdentity.objects.create(
            person=house.plsa, issuer="https://accounts.group.example", subject="one", created_at=NOW
        )
