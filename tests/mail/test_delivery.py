"""Delivery against a real server: sent once, tried again, refused, dropped; the ledger tells which (I7)."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from aiosmtpd.smtp import SMTP, Envelope
from django.db import transaction

from passerelle.jobs.models import Attempt
from passerelle.mail import attachments, delivery, links, tasks
from passerelle.mail.models import Link, Message, MessageState
from tests.conftest import NOW
from tests.mail.conftest import CONTEXT, Queue
from tests.mail.server import OK, Server, cut

pytestmark = pytest.mark.django_db
Work = Callable[[], int]
Issue = Callable[..., Link]
Clock = time_machine.Traveller


def state(message: Message) -> tuple[str, str]:
    message.refresh_from_db()
    return message.state, message.last_error


def test_it_sends_a_mail_with_both_parts(queue: Queue, server: Server, work: Work, clock: Clock) -> None:
    message = queue(to_name='Dupont, "Claire" <x@y.example>', language="fr")
    work()
    [(address, mail)] = server.accepted
    assert address == "claire@fournier.example"
    assert mail["Message-ID"] == message.message_id
    assert mail["To"].addresses[0].addr_spec == "claire@fournier.example"
    assert mail["To"].addresses[0].display_name == 'Dupont, "Claire" <x@y.example>'
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "fr"
    assert mail["Bcc"] is None
    assert [part.get_content_type() for part in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    message.refresh_from_db()
    assert (message.state, message.sent_at, message.attempts) == (MessageState.SENT, NOW, 1)
    assert work() == 0


def test_it_carries_attachments_read_at_sending(queue: Queue, server: Server, work: Work, clock: Clock) -> None:
    attachments.register("probe/file", lambda key: (f"{key}.pdf", "application/pdf", b"%PDF " + key.encode()))
    queue(attachments=[{"source": "probe/file", "key": "k1"}])
    work()
    [file] = server.accepted[0][1].iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("k1.pdf", b"%PDF k1")


def test_it_writes_to_an_international_domain(queue: Queue, server: Server, work: Work, clock: Clock) -> None:
    queue(to_address="x@bücher.example", to_name="Zoé Müller")
    work()
    assert server.accepted[0][0] == "x@xn--bcher-kva.example"
    assert server.accepted[0][1]["To"].addresses[0].display_name == "Zoé Müller"


def test_a_hostile_row_cannot_add_a_header(queue: Queue, server: Server, work: Work, clock: Clock) -> None:
    message = queue()
    Message.objects.filter(pk=message.pk).update(to_name="A\r\nBcc: evil@x.example", reply_to="a@b.example\nX-Evil: 1")
    work()
    assert server.accepted == []
    assert state(message)[0] == MessageState.QUEUED


def test_a_recipient_refused_for_good_is_not_tried_again(
    queue: Queue, server: Server, work: Work, clock: Clock
) -> None:
    server.rcpt = lambda address: "550 5.1.1 no such user, see https://x.example/?token=abc"
    message = queue()
    work()
    assert state(message) == (MessageState.REFUSED, "550 5.1.1 no such user, see …")
    clock.shift(timedelta(days=1))
    assert work() == 0


def test_content_refused_for_good_is_not_tried_again(queue: Queue, server: Server, work: Work, clock: Clock) -> None:
    async def reject(smtp: SMTP, envelope: Envelope) -> str:
        return "554 5.7.1 no"

    server.data = reject
    message = queue()
    work()
    assert state(message) == (MessageState.REFUSED, "554 5.7.1 no")


def test_a_refusal_for_now_is_tried_again_soon(queue: Queue, server: Server, work: Work, clock: Clock) -> None:
    server.rcpt = lambda address: "450 4.2.1 busy"
    message = queue()
    for _ in range(8):
        work()
        clock.shift(timedelta(seconds=60))
    assert state(message) == (MessageState.QUEUED, "450 4.2.1 busy")
    server.rcpt = lambda address: OK
    work()
    assert state(message) == (MessageState.SENT, "")
    assert server.accepted[0][1]["Message-ID"] == message.message_id
    assert message.attempts == 9


def test_one_recipient_s_trouble_holds_nobody_else_up(queue: Queue, server: Server, work: Work, clock: Clock) -> None:
    server.rcpt = lambda address: "450 busy" if "claire" in address else OK
    queue()
    queue(to_address="other@fournier.example")
    assert work() == 2
    assert [address for address, _ in server.accepted] == ["other@fournier.example"]


def test_a_server_that_is_away_is_left_alone_and_loses_nothing(
    queue: Queue, server: Server, work: Work, clock: Clock
) -> None:
    server.stop()
    messages = [queue() for _ in range(20)]
    assert work() == 1  # one look was enough: the others were not touched
    clock.shift(timedelta(seconds=61))
    assert work() == 1
    server.start()
    clock.shift(timedelta(seconds=61))
    work()
    assert len(server.accepted) == 20
    assert {state(message)[0] for message in messages} == {MessageState.SENT}


def test_a_line_cut_while_sending_repeats_the_mail_under_the_same_identity(
    queue: Queue, server: Server, work: Work, clock: Clock
) -> None:
    server.data = cut
    message = queue()
    work()
    assert state(message)[0] == MessageState.QUEUED
    server.data = None
    clock.shift(timedelta(seconds=10))
    work()
    assert [mail["Message-ID"] for _, mail in server.accepted] == [message.message_id]


def test_a_server_that_hangs_costs_its_time_limit_only(
    queue: Queue, settings: Any, work: Work, clock: Clock, server: Server
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = silent.getsockname()[1], 0.5
        message = queue()
        began = time.perf_counter()
        work()
        assert time.perf_counter() - began < 3
    assert state(message) == (MessageState.QUEUED, "the mail server did not answer in time")


def test_a_server_that_dribbles_is_cut_off(
    queue: Queue, settings: Any, work: Work, server: Server, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def dribble(smtp: SMTP, envelope: Envelope) -> str:
        import asyncio

        for _ in range(40):
            await smtp.push("250-still")
            await asyncio.sleep(0.1)
        return OK

    monkeypatch.setattr(delivery, "DEADLINE", 0.6)
    server.data = dribble
    message = queue()
    began = time.perf_counter()
    work()
    assert time.perf_counter() - began < 3
    assert state(message)[0] == MessageState.QUEUED


def test_it_is_given_up_after_five_days(queue: Queue, server: Server, work: Work, clock: Clock) -> None:
    server.rcpt = lambda address: "450 busy"
    message = queue()
    work()
    clock.shift(timedelta(days=5, seconds=1))
    work()
    assert state(message) == (MessageState.REFUSED, "given up after 5 days: 450 busy")


@pytest.mark.parametrize("end", ["used", "superseded", "expired"])
def test_a_mail_whose_link_ended_before_it_left_is_dropped(
    end: str, queue: Queue, link: Issue, server: Server, work: Work, clock: Clock
) -> None:
    made = link()
    message = queue("probe/linked", link=made)
    if end == "used":
        links.spend(made, NOW)
    elif end == "superseded":
        Link.objects.update(superseded_at=NOW)
    else:
        clock.shift(timedelta(days=14))
    work()
    assert state(message)[0] == MessageState.DROPPED
    assert server.accepted == []


def _short(lasts: timedelta, purpose: str = "terms") -> Link:
    with transaction.atomic():
        return links.issue(purpose, subject_key="p-1", recipient="c@fournier.example", expires_at=NOW + lasts, now=NOW)


@pytest.mark.parametrize(("lasts", "away", "left"), [(30, 20, 30), (30, 300, 30), (10, 60, 10), (240, 60, 180)])
def test_a_mail_server_that_was_away_eats_up_no_short_lived_link(
    lasts: int, away: int, left: int, queue: Queue, server: Server, work: Work, clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(links, "SHORT", frozenset({"terms"}))  # the page of the tests' own
    # D8: who asked for a password meanwhile gets a link that still works, and the mail says until when
    made = _short(timedelta(minutes=lasts))
    ends = {"expires_at": made.expires_at}
    message = queue("probe/linked", link=made, context=CONTEXT | ends)
    server.rcpt = lambda address: "450 busy"
    work()
    assert state(message)[0] == MessageState.QUEUED
    server.rcpt = lambda address: OK
    clock.shift(timedelta(minutes=away))
    work()
    assert state(message)[0] == MessageState.SENT
    made.refresh_from_db()
    message.refresh_from_db()
    assert abs(made.expires_at - NOW - timedelta(minutes=away + left)) < timedelta(minutes=2)
    assert message.context["expires_at"][:16] == made.expires_at.isoformat()[:16]


@pytest.mark.parametrize("end", ["used", "superseded", "opened", "a day late", "another purpose"])
def test_no_other_link_lives_longer_by_it(
    end: str, queue: Queue, server: Server, work: Work, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "SHORT", frozenset({"terms"}))
    made = _short(timedelta(minutes=30), "objection" if end == "another purpose" else "terms")
    message = queue("probe/linked", link=made)
    columns = {"used": "used_at", "superseded": "superseded_at", "opened": "opened_at"}
    if end in columns:
        Link.objects.update(**{columns[end]: NOW})
    clock.shift(timedelta(hours=25) if end == "a day late" else timedelta(hours=2))
    work()
    assert state(message)[0] == MessageState.DROPPED
    assert Link.objects.get().expires_at == made.expires_at
    assert server.accepted == []


def test_a_message_under_way_is_not_sent_by_a_second_worker(
    queue: Queue, server: Server, work: Work, clock: Clock
) -> None:
    message = queue()
    delivery._claim(message.key, NOW)
    work()
    assert server.accepted == []
    clock.shift(delivery.CLAIM + timedelta(seconds=2))
    work()
    assert len(server.accepted) == 1


def test_a_claim_from_a_clock_that_was_ahead_means_nothing(
    queue: Queue, server: Server, work: Work, clock: Clock
) -> None:
    message = queue()
    delivery._claim(message.key, NOW + timedelta(days=3))
    work()
    assert len(server.accepted) == 1


def test_a_mail_that_cannot_be_written_waits_for_the_version_that_can(
    queue: Queue, server: Server, work: Work, clock: Clock
) -> None:
    message = queue("probe/missing")
    other = queue()
    work()
    assert state(message) == (MessageState.QUEUED, "could not be written: TemplateDoesNotExist")
    assert state(other)[0] == MessageState.SENT


def test_without_a_server_mails_arrive_in_the_mailbox(queue: Queue, work: Work, clock: Clock) -> None:
    message = queue()
    work()
    assert state(message)[0] == MessageState.SENT


def test_without_a_server_and_without_a_mailbox_they_wait(
    queue: Queue, work: Work, clock: Clock, settings: Any
) -> None:
    settings.PASSERELLE_MAILBOX = False
    message = queue()
    work()
    assert state(message) == (MessageState.QUEUED, "no mail server is set")


def test_a_message_whose_task_was_lost_is_found_again(queue: Queue, server: Server, work: Work, clock: Clock) -> None:
    from django_tasks_db.models import DBTaskResult

    queue()
    lost = queue()
    for row in DBTaskResult.objects.all():
        if row.args_kwargs["args"] == [lost.key]:
            row.delete()
    server.rcpt = lambda address: "450 busy"
    work()
    clock.shift(timedelta(minutes=11))
    tasks.sweep.call()
    tasks.sweep.call()
    assert DBTaskResult.objects.filter(status="READY").count() == 2
    server.rcpt = lambda address: OK
    work()
    assert len(server.accepted) == 2
    assert not Attempt.objects.exists()


def test_a_mail_put_off_under_a_clock_that_was_ahead_leaves_all_the_same(
    queue: Queue, server: Server, work: Work, clock: Clock
) -> None:
    server.rcpt = lambda address: "450 busy"
    queue()
    clock.shift(timedelta(days=2))
    work()
    clock.shift(timedelta(days=-2))
    server.rcpt = lambda address: OK
    assert work() == 0
    tasks.sweep.call()
    work()
    assert len(server.accepted) == 1


def test_a_password_of_the_mail_server_is_kept_out_of_the_ledger(settings: Any) -> None:
    import smtplib

    from passerelle.mail.answers import judge

    settings.EMAIL_HOST_PASSWORD = "hunter2"
    answer = judge(
        smtplib.SMTPAuthenticationError(535, b"bad hunter2 AGZvbwBiYXJiYXpxdXV4eHh4eHh4eHg="), connecting=True
    )
    assert answer.words == "535 bad … …"
    assert (answer.for_good, answer.server_away) == (False, True)
