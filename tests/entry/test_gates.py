"""The gates before a closed page: in order, at every request, and the page first asked for opens behind the last."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import product
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from passerelle import brand
from passerelle.accounts import actions as accounts
from passerelle.accounts.enums import FactorKind, PersonKind
from passerelle.accounts.models import Person, SecondFactor
from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.core.actor import SYSTEM
from passerelle.entry.enums import Gate
from passerelle.entry.rules import GateFacts, next_gate
from passerelle.terms import actions as terms
from passerelle.terms.models import Audience, PersonAcceptance, Text, Version
from passerelle.terms.rules import Standing
from tests import cast, tree
from tests.conftest import NOW
from tests.entry.conftest import PASSWORD, House, open_for

NEW = "nine green lamps hum"
DEEP = "/en/home/?from=mail&page=2"
DUE, DONE = Standing(current=2, required=2, accepted=1), Standing(current=2, required=2, accepted=2)


def policies(settings: Any, **changes: Any) -> None:
    settings.PASSERELLE_BRAND = brand.current().with_policies(**changes)


def expired(person: Person) -> None:
    Person.objects.filter(pk=person.pk).update(password_changed_at=NOW - timedelta(days=181))


def next_of(answer: Any) -> str:
    return str(parse_qs(urlsplit(answer["Location"]).query).get("next", [""])[0])


def publish_for_persons(number: int = 1, deadline: timedelta | None = None) -> Version:
    return terms.publish(
        number=number, effective_at=NOW, deadline_at=NOW + deadline if deadline is not None else None,
        wordings=[
            terms.Wording("en", "Rules for people", f"Rule number {number}.", f"News {number}."),
            terms.Wording("fr", "Règles pour les personnes", f"Règle numéro {number}.", f"Nouveautés {number}."),
        ],
        actor=SYSTEM, now=NOW, audience=Audience.PERSON,
    )  # fmt: skip


# ---------------------------------------------------------------------------------------------- the rule


@pytest.mark.parametrize("shut", list(product([False, True], repeat=4)))
def test_the_first_shut_gate_is_met_whatever_stands_behind_it(shut: tuple[bool, ...], settings: Any) -> None:
    # architecture: second factor, password age, terms, company
    policies(settings, second_factor_users="required")
    factor, password, own, company = shut
    person = Person(kind=PersonKind.SUPPLIER, password_changed_at=NOW, must_change_since=NOW if password else None)
    facts = GateFacts(
        factor="" if factor else "passkey", own_terms=DUE if own else DONE, companies=2, chosen=not company
    )
    expected = next((gate for gate, is_shut in zip(Gate, shut, strict=True) if is_shut), None)
    assert next_gate(person, facts, now=NOW) == expected


@pytest.mark.parametrize(
    ("kind", "is_plsa", "policy", "asked"),
    [
        (PersonKind.STAFF, False, "second_factor", True),
        (PersonKind.SUPPLIER, True, "second_factor", True),
        (PersonKind.SUPPLIER, False, "second_factor", False),
        (PersonKind.SUPPLIER, False, "second_factor_users", True),
        (PersonKind.SUPPLIER, True, "second_factor_users", False),
        (PersonKind.STAFF, False, "second_factor_users", False),
    ],
)
def test_the_second_factor_is_required_of_whom_the_brand_says(
    kind: PersonKind, is_plsa: bool, policy: str, asked: bool, settings: Any
) -> None:
    # decision 18
    policies(settings, **{"second_factor": "offered", "second_factor_users": "offered", policy: "required"})
    person = Person(kind=kind, password_changed_at=NOW)
    expected = Gate.SECOND_FACTOR if asked else None
    assert next_gate(person, GateFacts(is_plsa=is_plsa), now=NOW) == expected
    for factor in ("passkey", "authenticator", "recovery_code"):
        assert next_gate(person, GateFacts(is_plsa=is_plsa, factor=factor), now=NOW) is None


def test_a_password_expires_by_age_but_never_beside_a_second_factor(settings: Any) -> None:
    # D5, decision 12
    person = Person(password_changed_at=NOW)
    for days, has_factor, gate in ((179, False, None), (180, False, Gate.PASSWORD), (4000, True, None)):
        assert next_gate(person, GateFacts(has_factor=has_factor), now=NOW + timedelta(days=days)) == gate
    policies(settings, password_age_days=0)
    assert next_gate(person, GateFacts(), now=NOW + timedelta(days=4000)) is None
    person.must_change_since = NOW
    assert next_gate(person, GateFacts(has_factor=True), now=NOW) is Gate.PASSWORD


@pytest.mark.parametrize(
    ("standing", "gate"),
    [
        (Standing(), None),
        (Standing(current=1), None),  # a company that was opened elsewhere owes nothing before a deadline
        (Standing(current=1, first_is_due=True), Gate.TERMS),
        (Standing(current=2, accepted=1, first_is_due=True), None),
        (Standing(current=2, required=2, accepted=1), Gate.TERMS),
        (Standing(current=3, required=2, accepted=2), None),
        (Standing(current=2, required=2), Gate.TERMS),
    ],
)
def test_an_acceptance_counts_until_the_deadline_of_a_newer_version(standing: Standing, gate: Gate | None) -> None:
    # decision 31
    person = Person(password_changed_at=NOW)
    assert next_gate(person, GateFacts(own_terms=standing), now=NOW) == gate
    assert next_gate(person, GateFacts(company_terms=standing), now=NOW) == gate


# ---------------------------------------------------------------------------------------------- in the browser


def test_an_expired_password_leads_straight_to_the_password_service_and_on(house: House) -> None:
    # D5
    expired(house.plsa)
    answer = house.client.post(
        "/en/sign-in/", {"login": house.plsa.login, "password": PASSWORD, "next": DEEP}, follow=True
    )
    assert answer.redirect_chain[-1][0].startswith("/en/password/")
    assert b"expired" in answer.content
    answer = house.client.get(DEEP)
    assert next_of(answer) == DEEP
    answer = house.client.post(answer["Location"], {"new_password": NEW})
    assert answer["Location"] == DEEP
    page = house.client.get(DEEP)
    assert page.status_code == 200
    assert b"Your password is saved." in page.content


def test_the_gates_are_asked_at_every_request(house: House, clock: time_machine.Traveller) -> None:
    house.sign_in()
    assert house.is_in()
    publish_for_persons()
    assert house.client.get("/en/home/")["Location"].startswith("/en/terms/?")
    expired(house.plsa)
    assert house.client.get("/en/home/")["Location"].startswith("/en/password/?")
    Person.objects.update(password_changed_at=NOW)
    PersonAcceptance.objects.create(
        person=house.plsa, text=Text.objects.get(language="en"), version=Version.objects.get(), accepted_at=NOW,
        language="en", text_sha256="",
    )  # fmt: skip
    assert house.is_in()


def test_a_part_of_a_page_leads_the_whole_window_to_the_gate(house: House) -> None:
    house.sign_in()
    expired(house.plsa)
    answer = house.client.get("/en/home/", headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert answer["HX-Redirect"] == "/en/password/?next=%2Fen%2Fhome%2F"
    assert "no-store" in house.client.get("/en/home/")["Cache-Control"]


def test_a_form_sent_to_a_closed_page_is_not_carried_out(house: House) -> None:
    other = cast.company(NOW, cofor="EF34GH", name="Second")
    open_for(other, house.plsa)
    house.sign_in()
    expired(house.plsa)
    answer = house.client.post("/en/home/company/", {"company": other.key})
    assert answer["Location"] == "/en/password/?next=%2Fen%2Fhome%2Fcompany%2F"
    assert not Event.objects.filter(tag=Tag.COMPANY_CHOSEN).exists()


def _closed_pages() -> list[str]:
    """Every closed address, its parameters filled in."""
    found = []
    for page in tree.pages():
        if page.who != "everybody":
            address = page.address.replace("{lang}", "en")
            found.append(re.sub(r"<[^>]+>", "x", re.sub(r"<int:[^>]+>", "1", address)))
    return found


@pytest.mark.parametrize("gate", list(Gate))
def test_a_half_entered_session_can_do_nothing_else(gate: Gate, house: House, settings: Any) -> None:
    # D5: each closed address leads to the gate, by GET and by POST, but those that belong to it
    set_up = "/en/account/second-factor/"
    place = {
        Gate.SECOND_FACTOR: set_up,
        Gate.PASSWORD: "/en/password/",
        Gate.TERMS: "/en/terms/",
        Gate.COMPANY: "/en/home/",
    }[gate]
    own = {
        Gate.SECOND_FACTOR: {
            set_up, f"{set_up}x/rename/", f"{set_up}passkey/", f"{set_up}passkey/new/", f"{set_up}authenticator/",
            f"{set_up}recovery-codes/", f"{set_up}recovery-codes/file/",
        },
        Gate.PASSWORD: {"/en/password/"},
        Gate.TERMS: {"/en/terms/", "/en/terms/ask/", "/en/home/company/"},
        Gate.COMPANY: {"/en/home/", "/en/home/company/"},
    }[gate]  # fmt: skip
    house.sign_in()
    if gate is Gate.SECOND_FACTOR:
        policies(settings, second_factor="required")
    elif gate is Gate.PASSWORD:
        expired(house.plsa)
    elif gate is Gate.TERMS:
        publish_for_persons()
    else:
        open_for(cast.company(NOW, cofor="EF34GH", name="Second"), house.plsa)
    # These prove who sits there, or keep the session and what was typed alive; they do nothing else.
    own |= {page for page in _closed_pages() if page.startswith(("/en/account/confirm/", "/en/session/"))}
    pages = _closed_pages()
    assert len(pages) > 30
    for address in pages:
        for answer in (house.client.get(address), house.client.post(address)):
            if address in own:
                assert answer.status_code < 500, address
            else:
                assert answer.status_code == 302, address
                assert urlsplit(answer["Location"]).path == place, address


@pytest.mark.parametrize(
    "path", ["/en/", "/en/help/", "/en/sign-out/", "/fr/get-an-access/", "/robots.txt", "/healthz"]
)
def test_public_pages_and_the_way_out_stay_open(path: str, house: House) -> None:
    house.sign_in()
    expired(house.plsa)
    assert house.client.get(path).status_code == 200
    assert b"You are signed out" in house.client.post("/en/sign-out/").content


@pytest.mark.parametrize("staff", [False, True])
def test_session_and_gates_ask_at_most_four_queries(staff: bool, house: House) -> None:
    # P12
    person = house.plsa
    publish_for_persons()
    version = cast.publish_terms(NOW)
    terms.accept_for_oneself(
        person=person, text=Text.objects.get(language="en", version__audience="person"), language="en", actor=SYSTEM,
        now=NOW,
    )  # fmt: skip
    assert version
    if staff:
        person = accounts.create_login(
            first_name="Olga", last_name="O", email="olga@group.example", language="en", actor=SYSTEM, now=NOW,
            kind=PersonKind.STAFF,
        )  # fmt: skip
        accounts.set_password(person_id=person.pk, password=PASSWORD, actor=SYSTEM, now=NOW)
    house.sign_in(person.login)
    path = "/en/home/mandate/"  # a closed page that does nothing itself
    house.client.get(path)
    with CaptureQueriesContext(connection) as found:
        assert house.client.get(path).status_code == 302
    assert len(found) <= 4, [query["sql"][:80] for query in found.captured_queries]


def test_addresses_that_only_take_forms_lead_home(house: House) -> None:
    # after signing in again a form is come back to, not sent again
    house.sign_in()
    for path in ("/en/home/company/", "/fr/home/mandate/"):
        assert house.client.get(path)["Location"] == path[:9]
        assert house.client.head(path).status_code == 302
        assert house.client.put(path).status_code == 405


def test_a_second_factor_is_set_up_before_anything_else(house: House, settings: Any) -> None:
    # decision 18
    policies(settings, second_factor="required")
    expired(house.plsa)
    house.sign_in()
    answer = house.client.get(DEEP)
    assert urlsplit(answer["Location"]).path == "/en/account/second-factor/"
    assert next_of(answer) == DEEP
    assert house.client.get(answer["Location"]).status_code == 200
    assert house.client.get("/en/password/").status_code == 302
    session = house.client.session
    session["factor"] = "passkey"
    session.save()
    assert urlsplit(house.client.get("/en/home/")["Location"]).path == "/en/password/"
    SecondFactor.objects.create(
        person=house.plsa, kind=FactorKind.PASSKEY, name="Key", credential_digest="d", created_at=NOW
    )
    assert house.is_in()
