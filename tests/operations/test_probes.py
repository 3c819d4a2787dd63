"""Health, readiness and figures (I11): what machines ask of the portal."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from passerelle.audit.record import record
from passerelle.audit.tags import Tag
from passerelle.core import clock
from passerelle.core.actor import visitor
from passerelle.operations import health

TOKEN = "a-token-of-the-tests-only"


def test_health_answers_without_the_database(client: Client) -> None:
    answer = client.get("/healthz")  # the database is closed to this test: asking it would raise
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_readiness_asks_database_migrations_and_cache(client: Client) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "reasons": {}})


@pytest.mark.django_db
def test_it_is_not_ready_while_the_database_is_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> str:
        raise OperationalError("connection to server at db.internal failed for user passerelle")

    monkeypatch.setitem(health.READINESS, "database", away)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["ready"] is False
    # The words are ours: hosts and users of the error stay in the log.
    assert answer.json()["reasons"] == {"database": "does not answer (OperationalError)"}


@pytest.mark.django_db
def test_it_is_not_ready_before_its_migrations(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_migrated", False)
    monkeypatch.setattr("passerelle.operations.health.MigrationExecutor.migration_plan", lambda *_: [1, 2])
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "./passerelle migrate" in answer.json()["reasons"]["migrations"]


@pytest.mark.django_db
def test_it_is_not_ready_while_the_cache_forgets(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(cache._connections["default"]), "get", lambda *_args, **_more: None)  # type: ignore[attr-defined]
    assert client.get("/readyz").json()["reasons"] == {"cache": "forgets what it is given"}


@pytest.mark.parametrize("path", ["/healthz", "/metrics"])
def test_probes_may_come_by_address_and_nobody_else(client: Client, settings: Settings, path: str) -> None:
    settings.ALLOWED_HOSTS = ["portal.group.example"]
    settings.PASSERELLE_BASE_URL = "https://portal.group.example"
    settings.PASSERELLE_METRICS_TOKEN = TOKEN
    assert client.get(path, headers={"host": "10.0.0.7:8000", "x-forwarded-for": "10.9.9.9"}).status_code != 400
    assert client.get("/robots.txt", headers={"host": "10.0.0.7:8000"}).status_code == 400


def test_probes_are_read_only(client: Client) -> None:
    assert client.post("/healthz").status_code == 405


# ---------------------------------------------------------------- figures


@pytest.mark.django_db
def test_figures_are_told_to_this_machine(client: Client) -> None:
    client.get("/healthz")
    answer = client.get("/metrics")
    text = answer.content.decode()
    assert answer["Content-Type"].startswith("text/plain")
    assert 'passerelle_requests_total{method="GET",page="operations:healthz",status="200"}' in text
    for name in ("database_up 1.0", 'tasks{state="failed"}', 'mails{state="refused"}', "audit_unsealed_lines"):
        assert f"passerelle_{name}" in text


@pytest.mark.parametrize(
    ("address", "header"),
    [("203.0.113.9", {}), ("127.0.0.1", {"x-forwarded-for": "203.0.113.9"}), ("127.0.0.1", {"forwarded": "for=x"})],
)
def test_figures_do_not_exist_for_strangers(client: Client, address: str, header: dict[str, str]) -> None:
    assert client.get("/metrics", REMOTE_ADDR=address, headers=header).status_code == 404


@pytest.mark.django_db
def test_figures_are_told_to_the_holder_of_the_token(client: Client, settings: Settings) -> None:
    settings.PASSERELLE_METRICS_TOKEN = TOKEN
    stranger = {"REMOTE_ADDR": "203.0.113.9"}
    assert client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"}, **stranger).status_code == 200
    assert client.get("/metrics", headers={"authorization": "Bearer wrong"}, **stranger).status_code == 404
    assert client.get("/metrics", headers={"authorization": "Bearer é"}, **stranger).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_refused_sign_ins_and_the_unsealed_tail_are_counted(client: Client) -> None:
    from django.db import transaction

    now = clock.now()
    with transaction.atomic():
        record(Tag.SIGN_IN_REFUSED, actor=visitor("203.0.113.9"), now=now - timedelta(minutes=5))
        record(Tag.SIGN_IN_REFUSED, actor=visitor("203.0.113.9"), now=now - timedelta(hours=3))
    text = client.get("/metrics").content.decode()
    assert "passerelle_sign_ins_refused_last_hour 1.0" in text
    assert "passerelle_audit_unsealed_lines 2.0" in text
    assert float(text.partition("\npasserelle_audit_unsealed_seconds ")[2].split()[0]) >= 3 * 3600


@pytest.mark.django_db
def test_figures_say_when_the_database_is_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(**_: object) -> None:
        raise OperationalError

    monkeypatch.setattr("passerelle.jobs.state", away)
    text = client.get("/metrics").content.decode()
    assert "passerelle_database_up 0.0" in text
    assert "passerelle_mails" not in text


@pytest.mark.django_db
def test_no_address_of_a_page_becomes_a_figure(client: Client) -> None:
    client.get("/en/get-an-access/request/very-secret-key/")
    client.get("/en/nowhere/at-all/")
    assert "very-secret-key" not in (text := client.get("/metrics").content.decode())
    assert "nowhere" not in text


@pytest.mark.django_db
def test_readiness_stays_cheap(client: Client, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    client.get("/readyz")
    with django_assert_max_num_queries(1, connection=connection):
        client.get("/readyz")


# ---------------------------------------------------------------- headers


def test_every_answer_refuses_the_powers_of_a_browser(client: Client) -> None:
    for path in ("/healthz", "/robots.txt", "/nowhere"):
        answer = client.get(path)
        assert "camera=()" in answer["Permissions-Policy"]
        assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
