"""What a text typed into a filter of the desk stands for: a company, a person, an opening, a message."""

from __future__ import annotations

from passerelle.accounts.enums import LoginState
from passerelle.accounts.models import Person
from passerelle.mail.addresses import fold
from passerelle.opening.models import Opening
from passerelle.suppliers.queries import find_by_cofor
from passerelle.support.queries import by_reference


def company_key(text: str) -> str:
    """The key of the company that holds a COFOR; empty when none does."""
    company = find_by_cofor(text)
    return company.key if company else ""


def person_key(text: str) -> str:
    """The key of the person with a login or an e-mail address; empty when nobody has it."""
    people = Person.objects.order_by("pk")
    if "@" in text:
        person = people.filter(email_key=fold(text)).exclude(state=LoginState.DELETED).first()
    else:
        person = people.filter(login_key=text.strip().upper()).first()
    return person.key if person else ""


def subject_key(text: str) -> str:
    """The key of the opening or message with a reference; empty when there is none."""
    reference = text.strip().upper()
    key = Opening.objects.filter(reference=reference).values_list("key", flat=True).first()
    if key:
        return key
    ticket = by_reference(reference)
    return ticket.key if ticket else ""
