"""Writing to the PLSAs of a company without learning who they are (C3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from passerelle.accounts import actions as accounts
from passerelle.accounts.enums import LoginState, StateReason
from passerelle.accounts.models import Person
from passerelle.audit.models import Event
from passerelle.core.actor import SYSTEM, Actor
from passerelle.core.errors import Refused
from passerelle.mail.models import Message
from passerelle.suppliers import actions as suppliers
from passerelle.suppliers.models import Company
from passerelle.support import actions
from passerelle.support.actions import Typed
from passerelle.support.models import Ticket

pytestmark = pytest.mark.django_db
Make = Callable[..., Typed]


def relayed(company_key: str, typed: Typed, actor: Actor, now: datetime) -> Ticket:
    return actions.relay(company_key=company_key, typed=typed, language="en", submission="mark", actor=actor, now=now)


def test_every_plsa_in_force_is_written_to_in_their_language(
    company: Company, appoint: Callable[..., Person], typed: Make, stranger: Actor, now: datetime
) -> None:  # C3
    appoint("Anne")
    appoint("Bruno", "fr")
    relayed(company.key, typed(), stranger, now)
    mails = Message.objects.filter(kind="support/relay")
    assert dict(mails.values_list("to_address", "language")) == {
        "anne@moulin.example": "en", "bruno@moulin.example": "fr",
    }  # fmt: skip
    assert {mail.reply_to for mail in mails} == {"m.fournier@fournier.example"}
    assert all(mail.context["comments"].startswith("Where") for mail in mails)


def test_no_mail_of_a_relay_names_another_plsa(
    company: Company, appoint: Callable[..., Person], typed: Make, stranger: Actor, now: datetime
) -> None:  # C3
    appoint("Anne")
    appoint("Bruno")
    relayed(company.key, typed(), stranger, now)
    for mail in Message.objects.all():
        text = str(mail.context).lower()
        assert "anne" not in text
        assert "bruno" not in text


def test_a_suspended_plsa_is_not_written_to(
    company: Company, appoint: Callable[..., Person], typed: Make, stranger: Actor, now: datetime
) -> None:  # C1, C3
    appoint("Anne")
    gone = appoint("Bruno")
    accounts.change_state(
        person_id=gone.pk, to=LoginState.SUSPENDED, reason=StateReason.BY_ASSISTANCE, actor=SYSTEM, now=now
    )
    ticket = relayed(company.key, typed(), stranger, now)
    assert ticket.relayed_to == 1
    assert Message.objects.get().to_address == "anne@moulin.example"


def test_a_relay_is_kept_for_the_assistance_to_read_with_nothing_left_to_do(
    company: Company, appoint: Callable[..., Person], typed: Make, stranger: Actor, now: datetime
) -> None:  # C3, G4
    appoint("Anne")
    ticket = relayed(company.key, typed(), stranger, now)
    assert (ticket.kind, ticket.state, ticket.company) == ("relay", "closed", company)
    event = Event.objects.get(tag="support:relay:sent")
    assert (event.company_key, event.new["plsas"]) == (company.key, 1)


def test_a_double_click_writes_to_the_plsas_once(
    company: Company, appoint: Callable[..., Person], typed: Make, stranger: Actor, now: datetime
) -> None:  # C3
    appoint("Anne")
    first = relayed(company.key, typed(), stranger, now)
    assert relayed(company.key, typed(), stranger, now + timedelta(seconds=2)) == first
    assert Message.objects.count() == 1


def test_a_company_without_a_plsa_is_refused(company: Company, typed: Make, stranger: Actor, now: datetime) -> None:
    with pytest.raises(Refused, match="no_plsa"):  # C3
        relayed(company.key, typed(), stranger, now)
    assert not Ticket.objects.exists()


def test_a_closed_company_and_an_unknown_one_are_refused_alike(
    company: Company, appoint: Callable[..., Person], typed: Make, stranger: Actor, buyer: Actor, now: datetime
) -> None:  # H4
    appoint("Anne")
    suppliers.close_company(actor=buyer, now=now, company=company, reason="Wound up")
    for key in (company.key, "nobody"):
        with pytest.raises(Refused, match="no_plsa"):
            relayed(key, typed(), stranger, now)
