"""Mails sent, the audit trail, and the messages to the Assistance."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client

from passerelle.accounts.models import Person
from passerelle.backoffice.words import MAIL_KINDS
from passerelle.mail.models import Message
from passerelle.mail.render import render
from passerelle.suppliers.models import Company
from passerelle.support import actions as support
from passerelle.support.enums import TicketKind
from passerelle.support.models import Ticket
from tests import cast
from tests.backoffice import stages


def text(client: Client, path: str, status: int = 200) -> str:
    response = client.get(f"/en/desk/{path}")
    assert response.status_code == status
    return " ".join(response.content.decode().split())


def test_a_sensitive_mail_is_listed_and_its_text_withheld(
    assistance: Client, company: Company, now: datetime
) -> None:  # I7
    stages.awaiting(company, now)
    assert "Terms to accept" in text(assistance, "mails/")
    terms = Message.objects.get(kind="opening/terms")
    shown = text(assistance, f"mails/{terms.key}/")
    assert "The text is not shown: it holds a link for its reader alone." in shown
    assert "Link opened" in shown
    assert terms.link is not None
    assert terms.link.key not in shown


def test_a_plain_mail_is_read_as_it_left(assistance: Client, company: Company, now: datetime) -> None:
    opening = stages.awaiting(company, now)
    received = Message.objects.get(kind="opening/received")
    assert opening.reference in text(assistance, f"mails/{received.key}/")


def test_mails_are_found_by_address_code_reference_and_state(
    assistance: Client, company: Company, now: datetime
) -> None:
    opening = stages.awaiting(company, now)
    for query in ("rita@fournier.example", "ab12cd", opening.reference):
        assert "Request received" in text(assistance, f"mails/?q={query}")
    assert "No e-mail matches" in text(assistance, "mails/?q=nobody@nowhere.example")
    assert "No e-mail matches" in text(assistance, "mails/?q=NOTHING")
    assert "No e-mail matches" in text(assistance, "mails/?state=refused")
    Message.objects.filter(kind="opening/received").update(state="refused", last_error="550 no such user")
    shown = text(assistance, "mails/?state=refused")
    assert "Refused by the mail server" in shown
    assert "550 no such user" in shown


def test_the_trail_is_filtered_by_what_who_where_and_when(assistance: Client, company: Company, now: datetime) -> None:
    opening = stages.opened(company, now)
    login = Person.objects.get(kind="supplier").login
    assert "Access requested" in text(assistance, "trail/")
    assert "Access requested" in text(assistance, "trail/?company=ab12cd")
    assert "Access requested" in text(assistance, f"trail/?subject={opening.reference}")
    assert "Login created" in text(assistance, f"trail/?person={login}")
    assert "Access requested" in text(assistance, "trail/?day=2026-03-02")
    assert "No line matches" in text(assistance, "trail/?day=2026-03-05")
    only = text(assistance, "trail/?tag=opening:request:sent")
    assert "Access requested</span>" in only or "Access requested<" in only
    assert only.count('<td data-label="Seal">') == 1


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("company=ZZ9999", "No company has this COFOR. Check the code"),
        ("person=V0000000", "Nobody has this login or e-mail address. Check it"),
        ("subject=OP-XXXX-XXXX", "No request and no message has this reference. Check it"),
        ("day=tomorrow", "Enter the day as year, month and day, such as 2026-03-12"),
        ("day=9999-12-31", "Enter a day between the years 2000 and 2100"),
        ("tag=nonsense", "Choose one of the answers of “What happened”"),
    ],
)
def test_a_filter_that_names_nothing_says_so(query: str, words: str, assistance: Client) -> None:
    assert words in text(assistance, f"trail/?{query}")


def test_the_trail_names_no_person_to_purchasing(purchasing: Client, company: Company, now: datetime) -> None:
    stages.opened(company, now)
    assert "Login created" in text(purchasing, "trail/")
    assert "Paula" not in text(purchasing, "trail/?tag=memberships:membership:started")


def ticket(
    now: datetime, *, subject: str = "Cannot sign in", cofor: str = "", login: str = "", mark: str = "m"
) -> Ticket:
    return support.receive(
        kind=TicketKind.CONTACT,
        typed=support.Typed(
            first_name="Rita", last_name="Requester", email="rita@fournier.example", subject=subject, cofor=cofor,
            comments="The window comes back.", login=login, company_name="Fournier",
            context={"reason": "access_suspended"},
        ),
        language="en", submission=mark, actor=cast.VISITOR, now=now,
    )  # fmt: skip


def test_messages_wait_in_a_queue_with_filters(assistance: Client, company: Company, now: datetime) -> None:  # G4
    assert "No message waits" in text(assistance, "tickets/")
    found = ticket(now, cofor="AB12CD")
    ticket(now - timedelta(hours=1), subject="An older one", mark="n")
    html = text(assistance, "tickets/")
    assert html.index("An older one") < html.index("Cannot sign in")
    assert "An older one" not in text(assistance, "tickets/?q=ab12cd")
    assert "Cannot sign in" in text(assistance, f"tickets/?q={found.reference}")
    assert "No message matches" in text(assistance, "tickets/?kind=relay")
    assert "No message waits" in text(assistance, "tickets/?state=closed")


def test_one_message_shows_who_wrote_and_where_the_company_stands(
    assistance: Client, company: Company, now: datetime
) -> None:  # G4
    stages.opened(company, now)
    person = Person.objects.get(kind="supplier")
    found = ticket(now, cofor="AB12CD", login=person.login.lower())
    ticket(now - timedelta(hours=1), subject="An older one", mark="n")
    html = text(assistance, f"tickets/{found.key}/")
    for words in (
        "The window comes back.", "The access is open.", "Your company&#x27;s access is suspended", "An older one",
        f"{person.login}</span> Paula", "No password chosen yet", "mailto:rita@fournier.example?subject=Re%3A%20",
        "Message received",
    ):  # fmt: skip
        assert words in html, words


def test_a_message_is_closed_and_taken_up_again(assistance: Client, now: datetime) -> None:
    found = ticket(now)
    base = f"/en/desk/tickets/{found.key}/"
    assert assistance.post(f"{base}close/").status_code == 302
    found.refresh_from_db()
    assert (found.state, found.closed_by) == ("closed", "Olga Desk")
    assert "Reopen the message" in text(assistance, f"tickets/{found.key}/")
    assert assistance.post(f"{base}reopen/").status_code == 302
    found.refresh_from_db()
    assert found.state == "open"


def test_who_closes_second_reads_who_was_first(assistance: Client, now: datetime, later: datetime) -> None:
    found = ticket(now)
    support.close(key=found.key, actor=stages.OTHER_OFFICER, now=later)
    response = assistance.post(f"/en/desk/tickets/{found.key}/close/", follow=True)
    assert "The message was closed already by Oscar Other on 2 March 2026 at 13:30" in response.content.decode()


@pytest.mark.parametrize("path", ["tickets/", "mails/", "trail/"])
@pytest.mark.parametrize("query", ["?q=%00", "?after=garbage", "?page=-1", "?q=%C3%28", "?after=WzFd", "?person=%00"])
def test_a_hostile_address_is_an_answer_never_a_failure(path: str, query: str, assistance: Client) -> None:
    assert assistance.get(f"/en/desk/{path}{query}").status_code == 200


def test_every_mail_has_a_name_at_the_desk() -> None:  # I7
    mails = Path(render.__code__.co_filename).parents[1] / "templates" / "mails"
    kinds = {f"{text.parent.parent.name}/{text.parent.name}" for text in mails.glob("*/*/text.txt")}
    assert len(kinds) > 50
    assert kinds == set(MAIL_KINDS)
