"""The ledger: what became of each mail, by subject, company and person (I7)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from passerelle.mail import ledger, links
from passerelle.mail.ledger import Standing
from passerelle.mail.models import Link, Message, MessageState
from tests.conftest import NOW
from tests.mail.conftest import Queue

pytestmark = pytest.mark.django_db


def test_it_follows_a_mail_and_its_link(queue: Queue, link: Callable[..., Link]) -> None:
    made = link()
    key = queue("probe/linked", link=made, subject_key="s").key

    def standing() -> Standing:
        return ledger.of_subject("s").lines[0].standing

    assert standing() is Standing.QUEUED
    Message.objects.update(state=MessageState.SENT, sent_at=NOW)
    assert standing() is Standing.SENT
    links.mark_opened(made, NOW)
    assert standing() is Standing.OPENED
    links.spend(made, NOW)
    assert standing() is Standing.USED
    for state in (MessageState.REFUSED, MessageState.DROPPED):
        Message.objects.filter(key=key).update(state=state)
        assert standing().value == state.value


def test_it_shows_that_a_link_was_superseded(queue: Queue, link: Callable[..., Link]) -> None:
    queue("probe/linked", link=link(), subject_key="s")
    Message.objects.update(state=MessageState.SENT)
    link()
    assert ledger.of_subject("s").lines[0].standing is Standing.SUPERSEDED


def test_it_is_cut_into_pages_newest_first(queue: Queue) -> None:
    for hour in range(5):
        queue(now=NOW + timedelta(hours=hour), company_key="c")
    first, last = ledger.of_company("c", size=3), ledger.of_company("c", size=3, page=2)
    assert [len(first.lines), first.more, len(last.lines), last.more] == [3, True, 2, False]
    assert first.lines[0].message.queued_at == NOW + timedelta(hours=4)
    assert len(ledger.of_company("c", size=10**9, page=-5).lines) == 5
    assert ledger.of_company("c", page=10**12).lines == []


def test_an_empty_key_is_nobody_s(queue: Queue) -> None:
    queue()
    assert ledger.of_subject("").lines == []
    assert ledger.of_person("").lines == []
    assert len(ledger.whole(state="queued").lines) == 1
    assert len(ledger.whole(state="nonsense").lines) == 1


@pytest.mark.parametrize("typed", ["leon@fournier.example", "LEON@Fournier.Example"])
def test_mails_to_an_address_are_found_by_the_index_in_capitals_or_not(queue: Queue, typed: str) -> None:
    # I7
    queue("probe/plain", to_address="Leon@fournier.example")
    found = Message.objects.filter(ledger.sent_to(typed))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    assert "mail_message_to" in found.explain()
    assert found.count() == 1


@pytest.mark.parametrize("typed", ["%", "_", "leon", "leon@fournier.example%", "", "\ud7ff"])
def test_a_sign_of_a_search_is_no_wildcard(queue: Queue, typed: str) -> None:
    queue("probe/plain", to_address="leon@fournier.example")
    assert not Message.objects.filter(ledger.sent_to(typed)).exists()
