"""Sending: claim in one short transaction, send outside any, then write down what became of it.

A worker killed after the server's 250 and before our commit leaves the message claimed; when the claim has lapsed it
is sent once more under the same Message-ID. Nothing else ever sends a message twice.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction

from passerelle.core import clock
from passerelle.jobs import Later
from passerelle.jobs.run import insist
from passerelle.mail import links
from passerelle.mail.answers import Answer, judge
from passerelle.mail.compose import compose
from passerelle.mail.models import Message, MessageState

DEADLINE = 45.0  # seconds for one whole dialogue; each step of it has EMAIL_TIMEOUT
CLAIM = timedelta(seconds=75)  # longer than any dialogue, so a lapsed claim means a lost worker
GIVE_UP = timedelta(days=5)
FIRST_WAIT, LONGEST_WAIT = 5, 60  # seconds between two tries: every message leaves soon after the server is back
FIRST_PAUSE, LONGEST_PAUSE = 2, 30  # seconds during which a worker leaves a server alone that is away

log = structlog.get_logger(__name__)
_times_away = 0  # in a row, seen by this process


def deliver(message_key: str, *, now: datetime) -> None:
    """Send one message, or find that it has been sent, refused or dropped already. Raises `Later` when not now."""
    message = _claim(message_key, now)
    if message is None:
        return
    if not settings.PASSERELLE_SMTP:
        _without_a_server(message)
        return
    try:
        mail = compose(message)
    except Exception as error:  # a fault of ours, mended by a new version: the message waits for it
        log.exception("mail could not be written", kind=message.kind, message=message.key)
        _put_back(message, Answer(f"could not be written: {type(error).__name__}"))
    else:
        _send(message, mail)


def _claim(message_key: str, now: datetime) -> Message | None:
    with transaction.atomic():
        rows = Message.objects.select_for_update(of=("self",)).select_related("link")
        message = rows.filter(key=message_key).first()
        if message is None or message.state not in {MessageState.QUEUED, MessageState.SENDING}:
            return None
        until = message.claimed_until
        # A claim that ends later than any claim made now was made before the clock was set back: it means nothing.
        if message.state == MessageState.SENDING and until and now < until <= now + CLAIM:
            raise Later(until - now + timedelta(seconds=1))
        if message.link and links.make_room(message.link, now) and "expires_at" in message.context:
            _write(message, context=message.context | {"expires_at": message.link.expires_at})
        if message.link and links.status_of(message.link, now) is not links.LinkStatus.VALID:
            _write(message, state=MessageState.DROPPED, claimed_until=None)
            return None
        claimed_until = now + CLAIM
        _write(message, state=MessageState.SENDING, attempts=message.attempts + 1, claimed_until=claimed_until)
    return message


def _write(message: Message, **changes: Any) -> None:
    """Change the row unless it says "sent" already: what has left has left."""
    Message.objects.filter(pk=message.pk).exclude(state=MessageState.SENT).update(**changes)
    for name, value in changes.items():
        setattr(message, name, value)


def _send(message: Message, mail: EmailMultiAlternatives) -> None:
    global _times_away
    connection: Any = get_connection()
    mail.connection = connection
    connecting = True
    try:
        with _deadline(connection) as in_time:
            connection.open()
            connecting = not in_time()
            if connecting:
                raise TimeoutError
            mail.send()
    except Exception as error:
        _close(connection)
        answer = judge(error, connecting=connecting)
        log.warning("mail not sent", kind=message.kind, message=message.key, answer=answer.words)
        _put_back(message, answer)
        return
    _times_away = 0
    # Before saying goodbye to the server: a failure there must not repeat a mail that it has accepted.
    _mark_sent(message)
    _close(connection)


def _mark_sent(message: Message) -> None:
    sent = {"state": MessageState.SENT, "sent_at": clock.now(), "claimed_until": None, "last_error": ""}
    insist(lambda: _write(message, **sent))


def _put_back(message: Message, answer: Answer) -> None:
    """Write the answer down; raises `Later` unless the message is refused for good."""
    global _times_away
    now = clock.now()
    if answer.for_good or now - message.queued_at > GIVE_UP:
        words = answer.words if answer.for_good else f"given up after {GIVE_UP.days} days: {answer.words}"
        insist(lambda: _write(message, state=MessageState.REFUSED, claimed_until=None, last_error=words[:500]))
        return
    insist(lambda: _write(message, state=MessageState.QUEUED, claimed_until=None, last_error=answer.words[:500]))
    pause = 0
    if answer.server_away:
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(_times_away, 10))
        _times_away += 1
    wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(message.attempts - 1, 10))
    raise Later(timedelta(seconds=wait), pause=pause)


def _without_a_server(message: Message) -> None:
    """In the demonstration the mailbox page is where mails arrive. Elsewhere they wait until a server is set."""
    if settings.PASSERELLE_MAILBOX:
        compose(message)  # what cannot be written does not arrive there either
        _mark_sent(message)
        return
    _write(message, state=MessageState.QUEUED, claimed_until=None, last_error="no mail server is set")
    raise Later(timedelta(seconds=LONGEST_WAIT), pause=LONGEST_PAUSE)


@contextmanager
def _deadline(connection: Any) -> Iterator[Any]:
    """Cut a dialogue that takes too long as a whole: a server may answer each step just in time, for ever."""
    over = threading.Event()

    def cut() -> None:
        over.set()
        with suppress(AttributeError, OSError):
            connection.connection.sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(DEADLINE, cut)
    timer.daemon = True
    timer.start()
    try:
        yield lambda: not over.is_set()
    finally:
        timer.cancel()


def _close(connection: Any) -> None:
    with suppress(Exception):
        connection.close()
