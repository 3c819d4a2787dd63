"""Worker processes killed and stalled around the moment a mail leaves: nothing lost, at most one repetition."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope

from tests.jobs.live import Site, site, until
from tests.mail.server import OK, Server

QUEUE = """
from passerelle.core import clock
from passerelle.mail import outbox
answer = []
for number in range({count}):
    with transaction.atomic():
        message = outbox.queue("probe/plain", to_address=f"r{{number}}@b.example", language="en", now=clock.now(),
                               context={{"company": "F", "note": "", "until_at": clock.now()}})
    answer.append(message.message_id)
"""
STATES = "from passerelle.mail.models import Message\nanswer = list(Message.objects.values_list('state', flat=True))"


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def place(tmp_path: Path, server: Server) -> Iterator[Site]:
    with site(tmp_path, PASSERELLE_EMAIL_URL=server.url) as made:
        yield made


def identities(server: Server) -> list[str]:
    return [str(mail["Message-ID"]) for _, mail in server.accepted]


def all_sent(place: Site) -> bool:
    return set(place.python(STATES)) == {"sent"}


def test_a_worker_killed_between_the_server_s_yes_and_our_commit_repeats_the_mail_once_under_the_same_identity(
    place: Site, server: Server
) -> None:
    [message_id] = place.python(QUEUE.format(count=1))
    victim = place.worker("--queue", "mail", lease=4)

    async def accept_and_kill(smtp: SMTP, envelope: Envelope) -> str:
        # The worker is stopped before it can read the answer, so that it never comes to write it down.
        os.kill(victim.pid, signal.SIGSTOP)
        server.keep(envelope)
        server.data = None
        await smtp.push(OK)
        await asyncio.sleep(0.2)
        os.kill(victim.pid, signal.SIGKILL)
        return OK

    server.data = accept_and_kill
    until(lambda: victim.poll() is not None, 30, "the worker was killed")
    assert place.python(STATES) == ["sending"]
    place.worker(lease=4)
    until(lambda: len(server.accepted) == 2, 30, place.log)
    until(lambda: all_sent(place), 10, place.log)
    time.sleep(6)  # longer than any lease: no third one comes
    assert identities(server) == [message_id] * 2


def test_a_worker_killed_before_the_server_had_the_mail_loses_nothing(place: Site, server: Server) -> None:
    [message_id] = place.python(QUEUE.format(count=1))
    victim = place.worker("--queue", "mail", lease=4)

    async def kill(smtp: SMTP, envelope: Envelope) -> str:
        server.data = None
        os.kill(victim.pid, signal.SIGKILL)
        await asyncio.sleep(0.2)
        return "451 never mind"

    server.data = kill
    until(lambda: victim.poll() is not None, 30, "the worker was killed")
    place.worker(lease=4)
    until(lambda: server.accepted, 30, place.log)
    until(lambda: all_sent(place), 10, place.log)
    assert identities(server) == [message_id]


def test_two_workers_send_three_hundred_mails_once_each(place: Site, server: Server) -> None:
    queued = place.python(QUEUE.format(count=300))
    place.worker()
    place.worker()
    until(lambda: len(server.accepted) >= 300, 90, place.log)
    until(lambda: all_sent(place), 10, place.log)
    assert Counter(identities(server)) == Counter(queued)


def test_a_mail_that_hangs_at_the_server_holds_up_no_other(place: Site, server: Server) -> None:
    place.python(QUEUE.format(count=12))

    async def hang_on_one(smtp: SMTP, envelope: Envelope) -> str:
        if envelope.rcpt_tos == ["r0@b.example"]:
            await asyncio.sleep(120)
        server.keep(envelope)
        return OK

    server.data = hang_on_one
    place.worker()
    until(lambda: len(server.accepted) == 11, 15, place.log)


def test_mails_leave_soon_after_a_server_comes_back(place: Site, server: Server) -> None:
    server.stop()
    queued = place.python(QUEUE.format(count=30))
    place.worker()
    time.sleep(20)
    server.start()
    until(lambda: len(server.accepted) >= 30, 60, place.log)
    assert Counter(identities(server)) == Counter(queued)
