"""The doctor finds what is wrong and says what to do (I11)."""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import OperationalError, transaction
from pytest_django import Settings

from passerelle import jobs
from passerelle.audit.record import record
from passerelle.audit.tags import Tag
from passerelle.core import clock
from passerelle.core.actor import SYSTEM
from passerelle.jobs.models import Slot
from passerelle.operations.doctor import Finding, State, examine, machine, neighbours, work
from passerelle.operations.doctor import settings as questions

pytestmark = pytest.mark.django_db


def only(found: Iterator[Finding], state: State) -> list[Finding]:
    return [finding for finding in found if finding.state is state]


@contextmanager
def answering(reply: bytes) -> Iterator[int]:
    """A server of one line, on a port of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            talk, _ = server.accept()
            with talk:
                talk.recv(64)
                talk.sendall(reply)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        thread.join(5)


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_every_finding_that_is_not_well_says_what_to_do() -> None:
    found = list(examine())
    assert len({finding.subject for finding in found}) >= 14
    assert not [finding for finding in found if finding.state is not State.OK and not finding.to_do]


def test_a_question_that_breaks_is_a_failure_and_the_others_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Iterator[Finding]:
        raise RuntimeError("two\nlines")
        yield

    asked = (("trail", broken), ("limits", questions.limits))
    monkeypatch.setattr("passerelle.operations.doctor.questions.QUESTIONS", asked)
    first, second = examine()
    assert (first.state, first.found) == (State.FAIL, "could not be examined: RuntimeError: two lines")
    assert second.state is State.OK


def test_the_command_fails_when_something_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [Finding("cache", State.FAIL, "away", "Start it."), Finding("keys", State.OK, "long")]
    monkeypatch.setattr("passerelle.operations.management.commands.doctor.examine", lambda: iter(found))
    out = StringIO()
    with pytest.raises(SystemExit) as stopped:
        call_command("doctor", stdout=out)
    assert stopped.value.code == 1
    assert "fail  cache        away" in out.getvalue()
    assert "→ Start it." in out.getvalue()


def test_the_command_speaks_json(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [Finding("antivirus", State.WARN, "none", "Set one.")]
    monkeypatch.setattr("passerelle.operations.management.commands.doctor.examine", lambda: iter(found))
    out = StringIO()
    call_command("doctor", "--json", stdout=out)
    answer = json.loads(out.getvalue())
    assert answer["healthy"] is True
    assert answer["findings"] == [{"subject": "antivirus", "state": "warn", "found": "none", "to_do": "Set one."}]


def test_it_warns_of_a_limits_factor(settings: Settings) -> None:
    settings.PASSERELLE_LIMITS_FACTOR = 100.0
    (finding,) = questions.limits()
    assert (finding.state, "100" in finding.found) == (State.WARN, True)


@pytest.mark.parametrize("key", ["short", "a" * 80])
def test_it_fails_on_a_weak_key(settings: Settings, key: str) -> None:
    settings.SECRET_KEY = key
    assert [finding.subject for finding in only(questions.keys(), State.FAIL)] == ["keys"]


def test_it_warns_of_a_key_that_others_can_read(settings: Settings, tmp_path: Path) -> None:
    settings.PASSERELLE_DATA_DIR = tmp_path
    path = tmp_path / "secret_key"
    path.write_text("x")
    path.chmod(0o644)
    assert "chmod 600" in only(questions.keys(), State.WARN)[0].to_do
    path.chmod(0o600)
    assert not only(questions.keys(), State.WARN)


@pytest.mark.parametrize("proxy", ["proxy.internal", "0.0.0.0/0"])
def test_it_fails_on_proxies_that_are_no_address_or_everybody(settings: Settings, proxy: str) -> None:
    settings.PASSERELLE_TRUSTED_PROXIES = [proxy]
    assert only(questions.proxies(), State.FAIL)


def test_it_fails_on_a_public_address_in_clear_or_with_the_demonstration_on(settings: Settings) -> None:
    settings.PASSERELLE_BASE_URL, settings.PASSERELLE_SECURE = "http://portal.group.example", False
    assert only(questions.exposure(), State.FAIL)
    settings.PASSERELLE_BASE_URL, settings.PASSERELLE_SECURE = "https://portal.group.example", True
    settings.PASSERELLE_DEMO, settings.DEBUG = False, False
    assert not only(questions.exposure(), State.FAIL)
    settings.PASSERELLE_DEMO = True
    assert "PASSERELLE_DEMO" in only(questions.exposure(), State.FAIL)[0].found


def test_it_fails_when_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise OperationalError("refused")

    monkeypatch.setattr(neighbours.connection, "ensure_connection", away)
    (finding,) = neighbours.database()
    assert (finding.state, "PASSERELLE_DATABASE_URL" in finding.to_do) == (State.FAIL, True)


def test_it_fails_on_migrations_that_are_not_applied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours.MigrationExecutor, "migration_plan", lambda *_: [1])
    assert "./passerelle migrate" in only(neighbours.database(), State.FAIL)[0].to_do


@pytest.mark.parametrize(("seconds", "state"), [(0, State.OK), (10, State.WARN), (-90, State.FAIL)])
def test_it_sees_a_clock_that_differs_from_the_databases(
    monkeypatch: pytest.MonkeyPatch, seconds: int, state: State
) -> None:
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(seconds=seconds))
    (finding,) = neighbours.clock_drift()
    shared = neighbours.connection.vendor == "sqlite"
    assert finding.state is (State.OK if shared else state)


def test_it_fails_when_the_mail_server_does_not_answer(settings: Settings) -> None:
    settings.PASSERELLE_SMTP = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", closed_port()
    (finding,) = neighbours.mail_server()
    assert (finding.state, "PASSERELLE_EMAIL_URL" in finding.to_do) == (State.FAIL, True)


def test_it_pings_the_antivirus(settings: Settings) -> None:
    with answering(b"PONG\0") as port:
        settings.PASSERELLE_CLAMD_URL = f"tcp://127.0.0.1:{port}"
        assert [finding.state for finding in neighbours.antivirus()] == [State.OK]
    with answering(b"HTTP/1.1 400 Bad Request\r\n") as port:
        settings.PASSERELLE_CLAMD_URL = f"tcp://127.0.0.1:{port}"
        assert [finding.state for finding in neighbours.antivirus()] == [State.FAIL]
    for address in (f"tcp://127.0.0.1:{closed_port()}", "unix:///nowhere/clamd.sock", "clamav"):
        settings.PASSERELLE_CLAMD_URL = address
        assert [finding.state for finding in neighbours.antivirus()] == [State.FAIL]
    settings.PASSERELLE_CLAMD_URL = ""
    assert [finding.state for finding in neighbours.antivirus()] == [State.WARN]


def test_it_fails_when_files_cannot_be_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("django.core.files.storage.FileSystemStorage.save", full)
    assert "No space left" in only(machine.storage(), State.FAIL)[0].found


def test_it_fails_without_a_catalogue_and_warns_of_gaps(settings: Settings, tmp_path: Path) -> None:
    settings.LOCALE_PATHS = [tmp_path]
    assert [finding.state for finding in machine.catalogues()] == [State.FAIL]
    folder = tmp_path / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text('msgid ""\nmsgstr "Language: fr\\n"\n\nmsgid "Yes"\nmsgstr ""\n', "utf-8")
    (folder / "django.mo").write_bytes(b"")
    os.utime(folder / "django.mo", (2**31, 2**31))
    (finding,) = machine.catalogues()
    assert (finding.state, finding.found) == (State.WARN, "Français: 1 sentences are missing, 0 are doubtful")


def test_it_hears_whether_a_worker_lives() -> None:
    assert [finding.state for finding in work.worker()] == [State.WARN]
    slot = Slot.objects.create(name="a schedule", slot_at=clock.now(), taken_at=clock.now())
    assert [finding.state for finding in work.worker()] == [State.OK]
    Slot.objects.filter(pk=slot.pk).update(taken_at=clock.now() - timedelta(minutes=20))
    assert [finding.state for finding in work.worker()] == [State.FAIL]


def test_it_warns_of_tasks_that_wait_and_tasks_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    state = jobs.State(3, 3, 0, 2, timedelta(hours=5), clock.now())
    monkeypatch.setattr(jobs, "state", lambda **_: state)
    waits, failed = only(work.worker(), State.WARN)
    assert "5 hours" in waits.found
    assert "2 tasks" in failed.found


def test_it_warns_of_lines_that_nobody_seals() -> None:
    with transaction.atomic():
        record(Tag.SIGNED_OUT, actor=SYSTEM, now=clock.now() - timedelta(hours=3))
    (finding,) = work.trail()
    assert (finding.state, "1 lines wait" in finding.found) == (State.WARN, True)
