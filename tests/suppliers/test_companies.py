"""Registering, closing and reopening one company (H1, H4)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from passerelle.audit.models import Event
from passerelle.core.actor import Actor
from passerelle.core.errors import Refused
from passerelle.suppliers import actions, queries
from passerelle.suppliers.enums import Source
from passerelle.suppliers.models import Company, Status

pytestmark = pytest.mark.django_db


def registered(buyer: Actor, now: datetime, **facts: Any) -> Company:
    given: dict[str, Any] = {"cofor": "AB12CD", "name": "Éts. Moulin d'Arve", "country": "FR", "source": Source.DESK}
    return actions.register(actor=buyer, now=now, **{**given, **facts})


def test_it_registers_a_company_with_all_that_is_known_of_it(buyer: Actor, now: datetime) -> None:  # H1
    company = registered(
        buyer,
        now,
        cofor=" ab 12cd ",
        duns="12-345-6789",
        contact_emails=["Anne@Moulin.example", "anne@moulin.example"],
        email_domains=["@Moulin.example"],
        sites=[("01", "Cluses"), ("02", "")],
        sucos=["s100", "S200"],
        categories=["series_parts"],
    )
    company.refresh_from_db()
    assert (company.cofor, company.duns, company.active, company.closed_at) == ("AB12CD", "123456789", True, None)
    assert company.name_key == "ets moulin darve"
    assert [contact.email for contact in company.contacts.all()] == ["Anne@Moulin.example"]
    assert [domain.domain for domain in company.email_domains.all()] == ["moulin.example"]
    assert sorted(company.sites.values_list("code", "name")) == [("01", "Cluses"), ("02", "")]
    assert sorted(company.sucos.values_list("code", flat=True)) == ["S100", "S200"]
    assert [category.code for category in company.categories.all()] == ["series_parts"]


def test_a_registration_writes_its_status_and_its_audit_line(buyer: Actor, now: datetime) -> None:  # H1
    company = registered(buyer, now)
    status = Status.objects.get(company=company)
    assert (status.active, status.since_at, status.by) == (True, now, "Basil Buyer")
    event = Event.objects.get(tag="suppliers:company:registered")
    assert (event.company_key, event.new["cofor"], event.actor_name) == (company.key, "AB12CD", "Basil Buyer")


@pytest.mark.parametrize(
    ("facts", "code", "field"),
    [
        ({"cofor": "AB12C"}, "cofor_length", "cofor"),
        ({"cofor": "AB12C!"}, "cofor_characters", "cofor"),
        ({"cofor": ""}, "cofor_missing", "cofor"),
        ({"name": " "}, "missing", "name"),
        ({"name": "n" * 201}, "too_long", "name"),
        ({"name": "A\x00B"}, "control", "name"),
        ({"country": "ZZ"}, "country_unknown", "country"),
        ({"duns": "111111111"}, "duns_repeated", "duns"),
        ({"website": "javascript:alert(1)"}, "website_form", "website"),
        ({"contact_emails": ["nobody"]}, "email_form", "contact_email"),
        ({"email_domains": ["a b.example"]}, "domain_form", "email_domains"),
        ({"sites": [("01", ""), ("01", "")]}, "site_twice", "sites"),
        ({"sucos": ["a b!"]}, "suco_form", "sucos"),
        ({"categories": ["toys"]}, "category_unknown", "categories"),
        ({"kind": "friend"}, "kind_unknown", "kind"),
    ],
)
def test_it_refuses_facts_that_no_company_can_have(
    buyer: Actor, now: datetime, facts: dict[str, Any], code: str, field: str
) -> None:  # H1
    with pytest.raises(Refused) as refusal:
        registered(buyer, now, **facts)
    assert (refusal.value.code, refusal.value.field) == (code, field)
    assert not Company.objects.exists()


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({}, "cofor_taken"),
        ({"cofor": "ZZ99ZZ", "duns": "123456789"}, "duns_taken"),
        ({"cofor": "ZZ99ZZ", "sucos": ["S1"]}, "suco_taken"),
    ],
)
def test_it_refuses_codes_that_another_company_holds(
    buyer: Actor, now: datetime, facts: dict[str, Any], code: str
) -> None:  # H1
    first = registered(buyer, now, duns="123456789", sucos=["S1"])
    actions.close_company(actor=buyer, now=now, company=first, reason="Wound up")
    with pytest.raises(Refused, match=code):
        registered(buyer, now, **facts)


def test_closing_makes_the_code_inactive_and_keeps_the_history(buyer: Actor, now: datetime) -> None:  # H4
    company = registered(buyer, now)
    later = now + timedelta(days=1)
    closed = actions.close_company(
        actor=buyer, now=later, company=company, reason="Merged into ZZ99ZZ", successor_cofor="zz99zz"
    )
    closed.refresh_from_db()
    assert (closed.active, closed.closed_at, closed.closed_reason) == (False, later, "Merged into ZZ99ZZ")
    assert closed.successor_cofor == "ZZ99ZZ"
    history = Status.objects.filter(company=company).order_by("since_at").values_list("active", "reason", "since_at")
    assert list(history) == [(True, "", now), (False, "Merged into ZZ99ZZ", later)]
    event = Event.objects.get(tag="suppliers:company:closed")
    assert (event.old["active"], event.new["active"]) == (True, False)


def test_closing_without_a_reason_says_so(buyer: Actor, now: datetime) -> None:  # H4
    company = actions.close_company(actor=buyer, now=now, company=registered(buyer, now), reason=" ")
    assert company.closed_reason == "not given"


def test_reopening_takes_a_closing_back(buyer: Actor, now: datetime) -> None:  # H4
    company = registered(buyer, now)
    actions.close_company(actor=buyer, now=now, company=company, reason="Wound up")
    reopened = actions.reopen_company(actor=buyer, now=now, company=company)
    reopened.refresh_from_db()
    assert (reopened.active, reopened.closed_at, reopened.closed_reason) == (True, None, "")
    assert Event.objects.filter(tag="suppliers:company:reopened", company_key=company.key).count() == 1


def test_a_closed_company_is_not_closed_again_nor_an_active_one_reopened(buyer: Actor, now: datetime) -> None:  # H4
    company = registered(buyer, now)
    with pytest.raises(Refused, match="company_active"):
        actions.reopen_company(actor=buyer, now=now, company=company)
    actions.close_company(actor=buyer, now=now, company=company, reason="Wound up")
    with pytest.raises(Refused, match="company_closed"):
        actions.close_company(actor=buyer, now=now, company=company, reason="Wound up")
    assert Status.objects.filter(company=company).count() == 2


def test_a_company_cannot_succeed_itself(buyer: Actor, now: datetime) -> None:  # H4
    company = registered(buyer, now)
    with pytest.raises(Refused, match="own_successor"):
        actions.close_company(actor=buyer, now=now, company=company, reason="x", successor_cofor="AB12CD")


@pytest.mark.parametrize("typed", ["AB12CD", "ab12cd", " a b 1 2 c d ", "AB12\u00a0CD"])
def test_a_company_is_found_by_its_code_in_any_case(buyer: Actor, now: datetime, typed: str) -> None:  # H1, C1
    company = registered(buyer, now)
    assert queries.find_by_cofor(typed) == company


@pytest.mark.parametrize("typed", ["", "AB12C", "АB12CD", "AB12CD'; --", "x" * 100_000, "AB12C\x00"])
def test_no_company_is_found_by_what_is_no_code(buyer: Actor, now: datetime, typed: str) -> None:  # C1
    registered(buyer, now)
    assert queries.find_by_cofor(typed) is None
