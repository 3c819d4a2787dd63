"""Questions to what the portal talks to: database, cache, mail server, antivirus."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from django.conf import settings
from django.core.mail import get_connection
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from passerelle import provider
from passerelle.core import clock
from passerelle.operations import health
from passerelle.operations.doctor.findings import Finding, fail, ok, warn

OLDEST_POSTGRESQL = 15
DRIFT_SEEN, DRIFT_HARMFUL = timedelta(seconds=2), timedelta(seconds=30)
PATIENCE = 10.0


def database() -> Iterator[Finding]:
    try:
        connection.ensure_connection()
    except Exception as error:
        yield fail(
            "database", f"does not answer: {' '.join(str(error).split())[:300]}",
            "Start it, or correct PASSERELLE_DATABASE_URL (postgresql://user:password@host:5432/name).",
        )  # fmt: skip
        return
    name = f"{connection.display_name} {'.'.join(map(str, connection.get_database_version()))}"
    if connection.vendor == "postgresql" and connection.get_database_version() < (OLDEST_POSTGRESQL,):
        yield fail("database", f"{name} is too old", f"Use PostgreSQL {OLDEST_POSTGRESQL} or newer.")
    elif connection.vendor == "sqlite" and settings.PASSERELLE_SECURE:
        yield warn(
            "database", f"{name}: one machine, one writer at a time", "Use PostgreSQL for a production of any size."
        )
    else:
        yield ok("database", name)
    executor = MigrationExecutor(connection)
    if plan := executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield fail("database", f"{len(plan)} migrations are not applied", "Run ./passerelle migrate")
    else:
        yield ok("database", "every migration is applied")


def clock_drift() -> Iterator[Finding]:
    """Links, limits and lapses are counted with the web machine's clock; rows of several machines must agree."""
    if connection.vendor != "postgresql":
        yield ok("clock", "the database shares this machine's")
        return
    with connection.cursor() as cursor:
        before = clock.now()
        cursor.execute("SELECT clock_timestamp()")
        theirs: datetime = cursor.fetchone()[0]
    drift = abs(theirs - (before + (clock.now() - before) / 2))
    found = f"{drift.total_seconds():.1f} s from the database's"
    if drift <= DRIFT_SEEN:
        yield ok("clock", found)
    else:
        make = fail if drift > DRIFT_HARMFUL else warn
        yield make("clock", found, "Run a time service (chrony, systemd-timesyncd) on both machines.")


def cache_answers() -> Iterator[Finding]:
    if why := health.cache_fault():
        yield fail(
            "cache", why, "Correct PASSERELLE_CACHE_URL, or run ./passerelle migrate: it makes the cache's table."
        )
    else:
        yield ok("cache", settings.CACHES["default"]["BACKEND"].rpartition(".")[2])


def mail_server() -> Iterator[Finding]:
    if not settings.PASSERELLE_SMTP:
        if settings.PASSERELLE_MAILBOX:
            yield ok("mail server", "none: mails are shown at /demo/mailbox/")
        # Otherwise a system check has said so already (mail.W001).
        return
    place = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    server: Any = get_connection(timeout=PATIENCE)
    try:
        server.open()
    except Exception as error:
        yield fail(
            "mail server", f"{place} does not let us in: {type(error).__name__}: {' '.join(str(error).split())[:200]}",
            "Correct PASSERELLE_EMAIL_URL, or open the way to the server. Mails wait and leave when it is back.",
        )  # fmt: skip
    else:
        yield ok("mail server", f"{place} answers")
    finally:
        server.close()


def antivirus() -> Iterator[Finding]:
    address = settings.PASSERELLE_CLAMD_URL
    if not address:
        yield warn(
            "antivirus",
            "files that people send are not scanned",
            "Set PASSERELLE_CLAMD_URL, such as tcp://clamav:3310.",
        )
        return
    try:
        answer = _ping(address)
    except (OSError, ValueError) as error:
        yield fail("antivirus", f"{address} does not answer: {error}", "Start clamd, or correct PASSERELLE_CLAMD_URL.")
        return
    if answer == "PONG":
        yield ok("antivirus", f"{address} answers")
    else:
        yield fail("antivirus", f"{address} answers {answer!r}", "PASSERELLE_CLAMD_URL must lead to clamd.")


def staff_provider() -> Iterator[Finding]:
    """The group's own OpenID provider: whether it answers, is the one that is set, and can do what we ask of it."""
    registered = provider.registration()
    if registered is None:
        yield ok("staff", "sign in with their B2B login; no provider is set")
        return
    try:
        found = provider.read_endpoints(registered)
    except provider.Away as away:
        yield fail(
            "staff", f"the group's own sign-in cannot be used: {away}",
            "Open the way to it, or correct PASSERELLE_STAFF_OIDC_ISSUER: letter by letter what it calls itself.",
        )  # fmt: skip
        return
    answers = f"{registered.issuer} answers"
    if found.challenges and "S256" not in found.challenges:
        yield fail("staff", answers, "It does not support PKCE with S256: switch it on there.")
    elif found.algorithms and not set(found.algorithms) & set(provider.ALGORITHMS):
        yield fail("staff", answers, f"It signs with none of {', '.join(provider.ALGORITHMS)}: choose one there.")
    elif not found.challenges:
        yield warn("staff", answers, "It does not say that it supports PKCE with S256: see its manual.")
    else:
        yield ok("staff", answers)


def _ping(address: str) -> str:
    with closing(_clamd(urlsplit(address))) as talk:
        talk.sendall(b"zPING\0")
        return talk.recv(64).rstrip(b"\0\n").decode("ascii", "replace")


def _clamd(parts: SplitResult) -> socket.socket:
    if parts.scheme == "tcp" and parts.hostname:
        return socket.create_connection((parts.hostname, parts.port or 3310), timeout=PATIENCE)
    if parts.scheme != "unix":
        raise ValueError("it must begin with tcp:// or unix://")
    talk = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    talk.settimeout(PATIENCE)
    try:
        talk.connect(unquote(parts.path))
    except OSError:
        talk.close()
        raise
    return talk
