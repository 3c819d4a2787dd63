"""The web service of the analysis: its description holds, its limits hold, a key widens them (C9, decision 10)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
import time_machine
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection

from passerelle.accounts import actions as accounts
from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.config.wsgi import application
from passerelle.core.actor import SYSTEM
from passerelle.limits.check import hit, peek
from passerelle.limits.models import Counter
from passerelle.limits.policies import DEFAULTS, policy
from tests import cast
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
PATH = "/api/v1/access-analysis/AB12CD"


@pytest.fixture
def _connection_kept() -> Iterator[None]:
    """As Django's own test client does: the end of a request must not close the connection of the test."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.usefixtures("_connection_kept")
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_it_answers_as_its_description_says(mode: GenerationMode, settings: Any) -> None:
    # C9; security.md, Standards: OpenAPI fuzzing, no failure
    settings.PASSERELLE_LIMITS_FACTOR = 10_000
    cast.company(NOW)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    operations = [found.ok() for found in schema.get_all_operations()]
    assert [operation.label for operation in operations] == ["GET /api/v1/access-analysis/{cofor}"]
    for operation in operations:

        @given(case=operation.as_strategy(generation_mode=mode))
        @hypothesis_settings(max_examples=80, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        def conform(case: schemathesis.Case) -> None:
            # A code with blanks in it is read all the same: what breaks the description is not always refused.
            case.call_and_validate(excluded_checks=[negative_data_rejection])

        conform()


def test_its_pages_need_nothing_of_other_hosts(client: Client) -> None:
    page = client.get("/api/v1/docs")
    assert page.status_code == 200
    addresses = re.findall(rb'(?:src|href)="([^"]+)"', page.content)
    assert addresses
    assert all(address.startswith(b"/static/") for address in addresses)
    assert not re.findall(rb"<script(?![^>]*(?:src=|application/json))|<style|style=", page.content)  # the strict CSP


@pytest.mark.parametrize(
    "code", ["A", "AB12CDE", "AB12C!", "%00%00%00%00%00%00", "АВ12СD", "a" * 70, "%FF%FE%C0%AF%ED%A0"]
)
def test_a_badly_formed_code_is_told_the_expected_form(client: Client, code: str) -> None:
    # contract: 422 with a message that says the expected form
    answer = client.get(f"/api/v1/access-analysis/{code}")
    assert answer.status_code == 422
    assert answer.json()["code"] == "cofor_malformed"
    assert "6" in answer.json()["message"]


def test_a_bad_site_and_a_site_too_long_have_the_same_form_of_answer(client: Client) -> None:
    for site in ("é!", "x" * 41, "%00"):
        answer = client.get(f"{PATH}?site={site}")
        assert answer.status_code == 422
        assert set(answer.json()) == {"code", "message"}


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_other_methods_are_not_allowed(client: Client, method: str) -> None:
    answer = getattr(client, method)(PATH)
    assert answer.status_code == 405
    assert answer["Allow"] == "GET"


def test_it_is_stored_nowhere(client: Client) -> None:
    answer = client.get(PATH)
    assert "no-store" in answer["Cache-Control"]
    assert "Set-Cookie" not in answer.headers


def test_the_thirty_first_analysis_of_an_hour_waits(client: Client) -> None:
    # decision 10: 30 an hour per address
    with time_machine.travel(NOW, tick=False) as clock:
        statuses = [client.get(PATH).status_code for _ in range(31)]
        assert statuses == [200] * 30 + [429]
        last = client.get(PATH)
        assert 0 < int(last["Retry-After"]) <= 3600
        assert last.json()["code"] == "too_many"
        assert client.get(PATH, REMOTE_ADDR="192.0.2.200").status_code == 200
        clock.shift(timedelta(hours=1))
        assert client.get(PATH).status_code == 200


def test_a_stranger_s_forwarded_address_gives_no_new_tries(client: Client) -> None:
    for number in range(31):
        answer = client.get(PATH, headers={"X-Forwarded-For": f"10.0.0.{number}"})
    assert answer.status_code == 429


def test_page_and_service_share_one_count(client: Client) -> None:
    # decision 10: the same limits without a key
    with time_machine.travel(NOW, tick=False):
        for _ in range(25):
            client.get(PATH)
        statuses = [client.get("/en/get-an-access/?cofor=AB12CD").status_code for _ in range(6)]
        assert statuses == [200] * 5 + [429]


def test_a_browser_without_proof_has_a_tighter_limit_and_no_dead_end(client: Client) -> None:
    # decision 22
    with time_machine.travel(NOW, tick=False):
        statuses = [client.get("/en/get-an-access/?cofor=AB12CD").status_code for _ in range(16)]
        assert statuses == [200] * 14 + [429] * 2  # two free, twelve without a proof


def test_a_key_widens_the_limit_and_a_revoked_one_is_told_so(client: Client) -> None:
    row, key = accounts.create_api_key(name="ERP", actor=SYSTEM, now=NOW)
    headers = {"Authorization": f"Bearer {key}"}
    assert [client.get(PATH, headers=headers).status_code for _ in range(40)] == [200] * 40
    assert key not in str(list(type(row).objects.values()))
    accounts.revoke_api_key(prefix=row.prefix, actor=SYSTEM, now=NOW)
    assert client.get(PATH, headers=headers).status_code == 401
    for value in ("x", key[:-1], key + "x", "é", "a" * 5000):
        assert client.get(PATH, headers={"Authorization": f"Bearer {value}"}).status_code == 401


@pytest.mark.parametrize(("factor", "allowed"), [(1, 30), (0.1, 3), (2.5, 75), (0.001, 1), (100, 3000)])
def test_the_factor_multiplies_every_limit(factor: float, allowed: int, settings: object) -> None:
    settings.PASSERELLE_LIMITS_FACTOR = factor  # type: ignore[attr-defined]
    assert policy("analysis").count == allowed
    for name, rule in DEFAULTS.items():
        assert policy(name).count == max(1, round(rule.count * factor))


def test_a_count_is_of_one_subject_in_one_window_and_its_subject_is_not_readable() -> None:
    assert [hit("relay", "192.0.2.1", now=NOW).allowed for _ in range(4)] == [True, True, True, False]
    assert hit("relay", "192.0.2.2", now=NOW).allowed
    assert hit("ticket", "192.0.2.1", now=NOW).allowed
    assert not peek("relay", "192.0.2.1", now=NOW)
    assert hit("relay", "192.0.2.1", now=NOW + timedelta(days=1)).allowed
    assert "192.0.2" not in str(list(Counter.objects.values()))


def test_the_mail_is_sent_again_three_times_a_day(client: Client) -> None:
    # C6
    with time_machine.travel(NOW, tick=False):
        cast.publish_terms(NOW)
        company = cast.company(NOW)
        cast.on_record(company, domains=("fournier.example",))
        opening = cast.ask(company, NOW)
        links = []
        for _ in range(5):
            client.post("/en/get-an-access/send-again/", {"cofor": "AB12CD"})
            links.append(cast.link(opening).key)
        assert len(set(links)) == 3
        page = client.get("/en/get-an-access/?cofor=AB12CD")
        assert b"several times today" in page.content


def test_a_run_of_unknown_codes_is_written_as_an_alarm_once(client: Client) -> None:
    # decision 10
    with time_machine.travel(NOW, tick=False):
        for number in range(14):
            assert client.get(f"/en/get-an-access/?cofor=ZZ00{number:02d}").status_code == 200
        assert Event.objects.filter(tag=Tag.UNKNOWN_CODES_RUN).count() == 1
