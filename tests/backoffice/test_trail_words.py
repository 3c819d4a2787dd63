"""The trail speaks: no name of a column, no code, and who acted in the reader's language (B13)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from passerelle.accounts import actions as accounts
from passerelle.accounts.enums import LoginState, StateReason
from passerelle.accounts.models import Person
from passerelle.audit.models import Event
from passerelle.backoffice.history import line, lines
from passerelle.backoffice.values import FIELDS, value
from passerelle.backoffice.words import name_of
from passerelle.core.actor import SYSTEM, Actor
from passerelle.memberships import actions as memberships
from passerelle.opening import actions
from passerelle.opening.enums import RefusalReason
from passerelle.suppliers.actions import close_company, register
from passerelle.suppliers.enums import Source
from passerelle.suppliers.rules.changes import COLUMNS
from passerelle.web.credentials import DOORS, REASONS
from tests import cast
from tests.backoffice import stages

pytestmark = pytest.mark.django_db
CODE = re.compile(r"[a-z]+(_[a-z]+)+")


def test_every_fact_of_a_company_has_words() -> None:
    assert set(COLUMNS) <= set(FIELDS)


def played(now: datetime, officer: Actor) -> None:
    """A bit of everything that writes lines with codes in them."""
    cast.publish_terms(now)
    company = cast.company(now)
    cast.on_record(company, "contact@fournier.example", domains=("fournier.example",))
    stages.opened(company, now)
    memberships.suspend_access(company_id=company.pk, reason="objection to OP-AB12-CD34", actor=SYSTEM, now=now)
    memberships.resume_access(company_id=company.pk, actor=SYSTEM, now=now)
    other = cast.company(now, cofor="EF34GH", name="Second")
    opening = cast.ask(other, now, representative=cast.HOSTILE)
    actions.refuse(key=opening.key, reason=RefusalReason.NOT_CONFIRMED, note="", actor=officer, now=now)
    cast.ask(other, now, requester=cast.ACCOMPLICE, representative=cast.HOSTILE)
    actions.remind_due(now=now + timedelta(days=8))
    actions.lapse_due(now=now + timedelta(days=31))
    person = Person.objects.get()
    accounts.change_state(
        person_id=person.pk, to=LoginState.SUSPENDED, reason=StateReason.BY_ASSISTANCE, actor=SYSTEM, now=now
    )


def test_no_line_shows_the_name_of_a_column_or_a_code(now: datetime, officer: Actor) -> None:
    played(now, officer)
    shown = lines(Event.objects.order_by("pk"))
    assert len(shown) > 15
    for found in shown:
        assert ":" not in str(found.title), found.event.tag
        for label, words in found.details:
            assert label not in found.event.new, found.event.tag
            assert not CODE.search(label), found.event.tag
            assert not CODE.fullmatch(words), (found.event.tag, words)
            assert words not in {"supplier", "partner", "opening", "renewal", "designation"}, found.event.tag


def test_the_kind_of_a_company_is_none_of_a_person_or_a_message() -> None:
    assert value("suppliers", "kind", "supplier") == "Supplier"
    assert value("accounts", "kind", "supplier") == "Person of a company"
    assert value("support", "kind", "contact") == "Question"
    assert value("opening", "state", "closed") != value("support", "state", "open")


@pytest.mark.parametrize(
    ("source", "name", "stored", "shown"),
    [
        ("suppliers", "country", "FR", "France"),
        ("suppliers", "categories", ["series_parts"], "Series parts"),
        ("suppliers", "closed_reason", "not given", "no reason was given"),
        ("suppliers", "active", False, "No"),
        ("memberships", "reason", "objection to OP-AB12-CD34", "objection to OP-AB12-CD34"),
        ("memberships", "reason", "objection_upheld", "an objection was upheld"),
        ("opening", "reason", "time_over", "nobody finished it in time"),
        ("entry", "reason", "wrong_password", "the password is not right"),
        ("entry", "reason", "login_blocked", "the login is blocked"),
        ("opening", "note", "closed", "closed"),
        ("opening", "note", "objection_upheld", "objection_upheld"),
    ],
)
def test_codes_are_worded_and_what_people_wrote_stands(source: str, name: str, stored: Any, shown: str) -> None:
    assert value(source, name, stored) == shown


def test_a_reminder_has_a_number_and_no_version(now: datetime) -> None:
    event = Event(at=now, tag="opening:request:reminded", actor_kind="system", actor_name="system", new={"number": 2})
    assert line(event).details == [("Number of the reminder", "2")]


@pytest.mark.parametrize(("language", "words"), [("en", "the portal"), ("fr", "le portail")])
def test_what_the_portal_did_is_said_in_the_language_of_the_reader(now: datetime, language: str, words: str) -> None:
    event = Event(at=now, tag="opening:request:lapsed", actor_kind="system", actor_name="system")
    with translation.override(language):
        assert (line(event).by, name_of("system"), name_of("")) == (words, words, words)
        assert name_of("Olga Officer") == "Olga Officer"


def test_a_company_closed_by_the_portal_says_so_in_words(now: datetime) -> None:
    found = register(cofor="ZZ11ZZ", name="Closed", country="FR", source=Source.DESK, actor=SYSTEM, now=now)
    close_company(company=found, reason="", actor=SYSTEM, now=now)
    said = dict(line(Event.objects.get(tag="suppliers:company:closed")).details)
    assert said["Why it was closed"] == "no reason was given"
    assert said["Active"] == "No (before: Yes)"


def test_the_page_of_a_company_says_who_closed_it_in_words(assistance: Client, now: datetime) -> None:
    found = register(cofor="ZZ11ZZ", name="Closed", country="FR", source=Source.DESK, actor=SYSTEM, now=now)
    close_company(company=found, reason="", actor=SYSTEM, now=now)
    for language, words in (("en", "by the portal"), ("fr", "par le portail")):
        html = " ".join(assistance.get(f"/{language}/desk/companies/{found.key}/").content.decode().split())
        assert words in html
        assert "by system" not in html
        assert "par system" not in html
        assert "not given" not in html


@pytest.mark.parametrize("reason", [reason for reason in REASONS if "_" in reason])
def test_why_a_sign_in_was_refused_and_where_is_said_in_words(reason: str) -> None:
    assert not CODE.search(value("entry", "reason", reason))
    assert [value("entry", "door", door) for door in DOORS] == [str(words) for words in DOORS.values()]
