"""Messages to the Assistance: kept, mailed, copied, closed (G3, G4, decision 21)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from passerelle.audit.models import Event
from passerelle.core.actor import Actor, ActorKind
from passerelle.core.errors import Refused
from passerelle.mail.models import Link, Message
from passerelle.suppliers.models import Company
from passerelle.support import actions, queries, rules
from passerelle.support.actions import Typed
from passerelle.support.enums import TicketKind, TicketState
from passerelle.support.models import Ticket

pytestmark = pytest.mark.django_db
Make = Callable[..., Typed]


def sent(typed: Typed, actor: Actor, now: datetime, *, submission: str = "mark", copy: bool = False) -> Ticket:
    return actions.receive(
        kind=TicketKind.CONTACT, typed=typed, language="fr", submission=submission, actor=actor, now=now, copy=copy
    )


def test_a_message_is_kept_as_it_was_typed(typed: Make, stranger: Actor, now: datetime) -> None:  # G3
    ticket = sent(typed(postcode="69007"), stranger, now)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.kind, ticket.received_at, ticket.language) == ("open", "contact", now, "fr")
    assert (ticket.full_name, ticket.subject, ticket.postcode) == ("Marc Fournier", "Our code", "69007")
    assert ticket.comments == "Where do we find it?\nThank you"
    assert ticket.reference.startswith("AS-")


def test_the_assistance_is_told_at_once_and_answers_the_sender(typed: Make, stranger: Actor, now: datetime) -> None:
    ticket = sent(typed(), stranger, now)  # G3
    mail = Message.objects.get(kind="support/received")
    assert mail.to_address == "assistance@norvane.example"
    assert mail.reply_to == "m.fournier@fournier.example"
    assert mail.context["comments"] == ticket.comments
    assert mail.context["reference"] == ticket.reference


def test_the_sender_is_told_the_reference(typed: Make, stranger: Actor, now: datetime) -> None:  # G3
    ticket = sent(typed(), stranger, now)
    mail = Message.objects.get(kind="support/acknowledged")
    assert (mail.to_address, mail.language) == ("m.fournier@fournier.example", "fr")
    assert (mail.context["reference"], mail.context["full_name"]) == (ticket.reference, "Marc Fournier")


def test_an_unconfirmed_mailbox_receives_nothing_that_was_typed(typed: Make, stranger: Actor, now: datetime) -> None:
    sent(typed(first_name="Buy at", last_name="www.cheap.example"), stranger, now, copy=True)  # decision 21
    mail = Message.objects.get(kind="support/acknowledged")
    text = str(mail.context)
    assert "cheap" not in text
    assert "Thank you" not in text
    assert "Our code" not in text
    assert mail.context["full_name"] == ""


@pytest.mark.parametrize("name", ["Marc Fournier", "Jean-Luc O'Neill", "Ngô Thị Ánh", "J. R. Dupont", "李 明"])
def test_a_name_that_looks_like_one_is_greeted(name: str) -> None:
    assert rules.greeting_name(name) == name


@pytest.mark.parametrize("name", ["see http://x.example", "win 1000", "x.example", "a@b", "www win", "n" * 81])
def test_a_name_that_carries_a_message_is_not_greeted(name: str) -> None:
    assert rules.greeting_name(name) == ""


def test_a_signed_in_sender_has_the_copy_at_once(typed: Make, now: datetime) -> None:  # decision 21
    person = Actor(ActorKind.PERSON, key="person", name="Marc Fournier")
    ticket = sent(typed(registered_email="M.Fournier@fournier.example"), person, now, copy=True)
    mail = Message.objects.get(kind="support/acknowledged")
    assert mail.context["comments"] == ticket.comments
    assert mail.link is None
    assert ticket.person_key == "person"


def test_a_signed_in_sender_cannot_copy_to_another_mailbox(typed: Make, now: datetime) -> None:  # decision 21
    person = Actor(ActorKind.PERSON, key="person", name="Marc Fournier")
    sent(typed(registered_email="other@fournier.example"), person, now, copy=True)
    assert Message.objects.get(kind="support/acknowledged").context["comments"] == ""


def test_the_copy_follows_when_the_owner_of_the_mailbox_asks_for_it(
    typed: Make, stranger: Actor, now: datetime
) -> None:  # decision 21
    ticket = sent(typed(), stranger, now, copy=True)
    link = Link.objects.get(purpose="copy")
    assert Message.objects.get(kind="support/acknowledged").link == link
    actions.send_copy(link_key=link.key, actor=stranger, now=now)
    mail = Message.objects.get(kind="support/copy")
    assert (mail.to_address, mail.context["comments"]) == (ticket.email, ticket.comments)
    assert Event.objects.get(tag="support:ticket:copied").actor_name == stranger.name
    with pytest.raises(Refused, match="link_used"):
        actions.send_copy(link_key=link.key, actor=stranger, now=now)
    assert Message.objects.filter(kind="support/copy").count() == 1


def test_a_copy_is_not_sent_by_an_old_link(typed: Make, stranger: Actor, now: datetime) -> None:  # decision 21
    sent(typed(), stranger, now, copy=True)
    with pytest.raises(Refused, match="link_expired"):
        actions.send_copy(
            link_key=Link.objects.get(purpose="copy").key, actor=stranger, now=now + timedelta(days=7, minutes=1)
        )


def test_nobody_is_offered_a_copy_they_did_not_ask_for(typed: Make, stranger: Actor, now: datetime) -> None:
    sent(typed(), stranger, now)
    assert not Link.objects.exists()


def test_a_double_click_is_one_message(typed: Make, stranger: Actor, now: datetime) -> None:  # G3
    first = sent(typed(), stranger, now)
    again = sent(typed(), stranger, now + timedelta(seconds=1))
    assert first == again
    assert Ticket.objects.count() == 1
    assert Message.objects.count() == 2


def test_two_clicks_at_the_same_instant_are_one_message(
    typed: Make, stranger: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:  # G3: both looked before either had written; the table decides
    first = sent(typed(), stranger, now)
    monkeypatch.setattr(actions, "_known", lambda mark: None)
    assert sent(typed(), stranger, now) == first
    assert Message.objects.count() == 2


def test_a_second_message_from_the_same_page_is_kept_too(typed: Make, stranger: Actor, now: datetime) -> None:
    first = sent(typed(), stranger, now)
    assert sent(typed(comments="One more thing"), stranger, now) != first


def test_a_known_cofor_leads_to_the_company(
    typed: Make, company: Company, stranger: Actor, now: datetime
) -> None:  # G3
    ticket = sent(typed(cofor=" ab 12cd"), stranger, now)
    assert (ticket.company, ticket.cofor) == (company, "AB12CD")
    assert Message.objects.filter(company_key=company.key).count() == 2


def test_an_unknown_cofor_is_kept_as_typed(typed: Make, stranger: Actor, now: datetime) -> None:  # G3
    ticket = sent(typed(cofor="zz99"), stranger, now)
    assert (ticket.company, ticket.cofor) == (None, "zz99")


def test_an_address_nobody_can_write_to_is_refused_and_nothing_kept(
    typed: Make, stranger: Actor, now: datetime
) -> None:
    with pytest.raises(Refused, match="mail_address") as refusal:
        sent(typed(email="a@b.example\r\nBcc: all@x.example"), stranger, now)
    assert refusal.value.field == "email"
    assert not Ticket.objects.exists()


def test_a_message_writes_its_audit_line(typed: Make, stranger: Actor, now: datetime) -> None:
    ticket = sent(typed(), stranger, now)
    event = Event.objects.get(tag="support:ticket:received")
    assert (event.subject_key, event.address, event.new["reference"]) == (ticket.key, "192.0.2.7", ticket.reference)


def test_the_assistance_closes_and_reopens_a_message(
    typed: Make, stranger: Actor, officer: Actor, now: datetime
) -> None:  # G4
    ticket = sent(typed(), stranger, now)
    later = now + timedelta(hours=1)
    closed = actions.close(key=ticket.key, actor=officer, now=later)
    assert (closed.state, closed.closed_at, closed.closed_by) == (TicketState.CLOSED, later, "Olga Officer")
    with pytest.raises(Refused, match="ticket_closed"):
        actions.close(key=ticket.key, actor=officer, now=later)
    opened = actions.reopen(key=ticket.key, actor=officer, now=later)
    assert (opened.state, opened.closed_at) == (TicketState.OPEN, None)
    with pytest.raises(Refused, match="ticket_open"):
        actions.reopen(key=ticket.key, actor=officer, now=later)
    tags = set(Event.objects.filter(subject_key=ticket.key).values_list("tag", flat=True))
    assert {"support:ticket:closed", "support:ticket:reopened"} <= tags


@pytest.mark.parametrize("act", [actions.close, actions.reopen])
def test_only_the_assistance_closes_and_reopens(
    act: Callable[..., Ticket], typed: Make, stranger: Actor, buyer: Actor, now: datetime
) -> None:  # G4
    ticket = sent(typed(), stranger, now)
    for actor in (buyer, stranger):
        with pytest.raises(Refused, match="no_power"):
            act(key=ticket.key, actor=actor, now=now)


def test_a_message_that_does_not_exist_is_not_closed(officer: Actor, now: datetime) -> None:
    with pytest.raises(Refused, match="ticket_unknown"):
        actions.close(key="none", actor=officer, now=now)


def test_the_desk_lists_what_waits_oldest_first(
    typed: Make, company: Company, stranger: Actor, officer: Actor, now: datetime
) -> None:  # G4
    second = sent(typed(subject="Second", cofor="AB12CD"), stranger, now + timedelta(hours=1))
    first = sent(typed(subject="First"), stranger, now)
    done = sent(typed(subject="Done"), stranger, now)
    actions.close(key=done.key, actor=officer, now=now)
    assert list(queries.open_tickets()) == [first, second]
    assert list(queries.open_tickets(state="")) == [first, done, second]
    assert list(queries.open_tickets(kind=TicketKind.RELAY)) == []
    assert list(queries.open_tickets(text="ab12cd")) == [second]
    assert list(queries.open_tickets(text=first.reference.lower())) == [first]
    assert list(queries.open_tickets(text="fournier")) == [first, second]
    assert list(queries.open_tickets(text="\x00" * 9 + "nothing'; --")) == []
    assert queries.by_key(first.key) == first
    assert queries.by_reference(first.reference) == first
