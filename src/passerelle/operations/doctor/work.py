"""Questions about what goes on in the background."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from passerelle import jobs
from passerelle.accounts.queries import keys_in_use
from passerelle.audit import figures as audit
from passerelle.core import clock
from passerelle.mail import figures as mail
from passerelle.operations.doctor.findings import Finding, fail, ok, warn

SILENT = timedelta(minutes=5)  # the shortest schedule fires each minute
LATE = timedelta(minutes=10)
_CHAPTER = "see docs/operations.md, Changing the secret key"
START = "Start ./passerelle worker, and see that it starts with the machine."


def worker() -> Iterator[Finding]:
    now = clock.now()
    state = jobs.state(now=now)
    if state.last_beat_at is None:
        yield warn("worker", "none has run yet", START)
    elif now - state.last_beat_at > SILENT:
        yield fail("worker", f"none has been heard for {_span(now - state.last_beat_at)}", START)
    else:
        yield ok(
            "worker", f"heard {_span(now - state.last_beat_at)} ago, {state.running} tasks run, {state.due} are due"
        )
    if state.oldest_due_age > LATE:
        yield warn(
            "worker", f"a task has waited for {_span(state.oldest_due_age)}", "Start more workers, or read their logs."
        )
    if state.failed:
        yield warn(
            "worker",
            f"{state.failed} tasks were given up in the last weeks",
            "Read the workers' logs for their errors.",
        )


def mails() -> Iterator[Finding]:
    waited, counts = mail.longest_wait(now=clock.now()), mail.by_state()
    found = f"{counts['sent']} sent, {counts['queued'] + counts['sending']} wait, {counts['refused']} refused"
    if waited > LATE:
        yield warn(
            "mails", f"{found}; the oldest has waited for {_span(waited)}", "See the worker and the mail server above."
        )
    else:
        yield ok("mails", found)


def trail() -> Iterator[Finding]:
    tail = audit.tail(now=clock.now())
    if tail.oldest_age > LATE:
        yield warn("trail", f"{tail.lines} lines wait for their seal, the oldest for {_span(tail.oldest_age)}", START)
    else:
        yield ok("trail", f"{tail.lines} lines wait for their seal")


def _span(time: timedelta) -> str:
    seconds = int(time.total_seconds())
    for unit, length in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length} {unit}"
    return f"{seconds} seconds"


def secrets() -> Iterator[Finding]:
    """Which secret keys the second factors still need."""
    found = keys_in_use()
    if found.lost:
        yield fail(
            "secrets", f"{found.lost} authenticator applications were sealed with a secret key that is gone: their "
            "codes are refused",
            f"Put that key into PASSERELLE_SECRET_KEY_FALLBACKS and restart; {_CHAPTER}.",
        )  # fmt: skip
    if found.codes_lost:
        yield warn(
            "secrets", f"{found.codes_lost} recovery codes were made with a secret key that is gone: they are refused",
            f"Put that key into PASSERELLE_SECRET_KEY_FALLBACKS, or let their owners make new lists; {_CHAPTER}.",
        )  # fmt: skip
    if found.former:
        yield warn(
            "secrets", f"{found.former} authenticator applications are still sealed with a former secret key",
            "Run ./passerelle manage reseal_secrets before that key is taken away.",
        )  # fmt: skip
    elif not found.lost and not found.codes_lost:
        codes = f"; {found.codes_former} recovery codes still need a former key" if found.codes_former else ""
        yield ok("secrets", f"all are sealed with the present key{codes}")
