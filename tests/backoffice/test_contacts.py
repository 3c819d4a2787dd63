"""The Assistance sends the PLSAs' contact details from the page of a message, to a registered address only (D9)."""

from __future__ import annotations

from datetime import datetime

from django.test import Client

from passerelle.accounts.models import Person
from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.mail.models import Message
from passerelle.suppliers.models import Company
from tests import cast
from tests.backoffice import stages
from tests.backoffice.test_ledger_and_trail import text, ticket
from tests.entry.conftest import open_for, person

BUTTON = "Send their contact details to the registered address"


def test_one_button_sends_them_to_the_login_of_the_company(
    assistance: Client, purchasing: Client, company: Company, now: datetime
) -> None:
    stages.opened(company, now)
    who = person("ugo@fournier.example")
    open_for(company, who, plsa=False)
    found = ticket(now, cofor="AB12CD", login=who.login)
    assert BUTTON in text(assistance, f"tickets/{found.key}/")
    address = f"/en/desk/tickets/{found.key}/contacts/"
    assert purchasing.post(address).status_code == 403
    assert assistance.get(address).status_code == 405
    assert assistance.post(address).status_code == 302
    assert Message.objects.get(kind="entry/plsa_contacts").to_address == "ugo@fournier.example"
    assert "are on their way to the address registered for" in text(assistance, f"tickets/{found.key}/")
    assert Event.objects.get(tag=Tag.PLSA_CONTACTS_SENT).actor_name == "Olga Desk"


def test_a_login_of_another_company_or_of_nobody_has_no_button(
    assistance: Client, company: Company, now: datetime
) -> None:
    stages.opened(company, now)
    stranger = person("other@other.example")
    open_for(cast.company(now, cofor="EF34GH", name="Another"), stranger)
    for number, login in enumerate((stranger.login, "VNBDY222", "")):
        found = ticket(now, cofor="AB12CD", login=login, mark=str(number))
        assert BUTTON not in text(assistance, f"tickets/{found.key}/")
        assert assistance.post(f"/en/desk/tickets/{found.key}/contacts/").status_code == 404
    assert not Message.objects.filter(kind="entry/plsa_contacts").exists()


def test_a_plsa_who_is_the_only_one_is_sent_nothing(assistance: Client, company: Company, now: datetime) -> None:
    stages.opened(company, now)
    plsa = Person.objects.get(kind="supplier")
    found = ticket(now, cofor="AB12CD", login=plsa.login)
    assert assistance.post(f"/en/desk/tickets/{found.key}/contacts/").status_code == 302
    assert "has no PLSA who could be written to" in text(assistance, f"tickets/{found.key}/")
    assert not Message.objects.filter(kind="entry/plsa_contacts").exists()
