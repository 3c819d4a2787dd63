"""The outbox: one row and one task a mail, in the action's transaction or not at all; nothing hostile in a header."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django_tasks_db.models import DBTaskResult

from passerelle.core.errors import Refused
from passerelle.mail import outbox
from passerelle.mail.models import Message
from tests.conftest import NOW
from tests.mail.conftest import CONTEXT, Queue

pytestmark = pytest.mark.django_db


def test_it_queues_one_row_and_one_task(queue: Queue) -> None:
    message = queue(subject_key="opening-1")
    assert Message.objects.get() == message
    task = DBTaskResult.objects.get()
    assert (task.queue_name, task.args_kwargs["args"]) == ("mail", [message.key])


def test_each_mail_has_its_own_identity_under_the_sender_s_domain(queue: Queue) -> None:
    one, other = queue(), queue()
    assert one.message_id != other.message_id
    assert one.message_id.startswith("<")
    assert one.message_id.endswith(">")


@pytest.mark.django_db(transaction=True)
def test_it_refuses_to_queue_outside_a_transaction() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        outbox.queue("probe/plain", to_address="a@b.example", language="en", context={}, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_a_refused_action_sends_nothing(queue: Queue) -> None:
    with transaction.atomic():
        queue()
        transaction.set_rollback(True)
    assert not Message.objects.exists()
    assert not DBTaskResult.objects.exists()


@pytest.mark.parametrize("field", ["to_address", "reply_to"])
@pytest.mark.parametrize("value", ["a@b.example\nBcc: x@y.example", "a@b.example\r\n\r\nhello", "a", "a@b\0.example"])
def test_it_refuses_an_address_that_could_break_a_header(queue: Queue, field: str, value: str) -> None:
    with pytest.raises(Refused, match="mail_address"):
        queue(**{field: value})
    assert not Message.objects.exists()


def test_it_refuses_an_empty_address(queue: Queue) -> None:
    with pytest.raises(Refused) as refusal:
        queue(to_address="")
    assert refusal.value.facts == {"reason": "empty"}


def test_a_name_is_kept_on_one_line(queue: Queue) -> None:
    assert queue(to_name="Claire\r\nBcc: x@y.example\0\u202e").to_name == "Claire Bcc: x@y.example"


@pytest.mark.parametrize("kind", ["", "terms", "../secrets/x", "a/b/c", "A/b"])
def test_it_refuses_a_kind_that_names_no_folder(queue: Queue, kind: str) -> None:
    with pytest.raises(ValueError, match="names no folder"):
        queue(kind)


def test_the_context_survives_the_database(queue: Queue) -> None:
    from passerelle.mail.render import restore

    queue()
    assert restore(Message.objects.get().context) == CONTEXT
    nested: dict[str, Any] = {
        "rows": [{"at": "x", "sent_at": NOW.isoformat()}],
        "odd_at": "soon",
        "of_date": "2026-03-02",
    }
    assert restore(nested) == {"rows": [{"at": "x", "sent_at": NOW}], "odd_at": "soon", "of_date": NOW.date()}
