"""How many queries a page costs: constants that hold whatever the number of rows (P8, P12). Nothing is timed here."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from passerelle.accounts import actions as accounts
from passerelle.accounts.enums import PersonKind
from passerelle.accounts.models import Person
from passerelle.core import clock
from passerelle.core.actor import SYSTEM
from passerelle.core.powers import Role
from passerelle.opening import actions
from passerelle.opening.queries import analyse
from tests import cast

pytestmark = pytest.mark.django_db
PASSWORD = "seven brown kettles sing"
# Statements that say where a transaction begins and ends carry no work.
FRAMES = ("SAVEPOINT", "RELEASE SAVEPOINT", "BEGIN", "COMMIT")


def cost(client: Client, path: str, data: dict[str, str] | None = None, *, status: int = 200) -> int:
    """The queries of a warm request: the same was asked before, so templates and brand are read already."""
    if data is None:
        client.get(path)
    with CaptureQueriesContext(connection) as found:
        answer = client.get(path) if data is None else client.post(path, data)
    assert answer.status_code == status
    return sum(not query["sql"].startswith(FRAMES) for query in found.captured_queries)


def opened(number: int) -> None:
    now = clock.now()
    company = cast.company(now, cofor=f"Q{number:05d}", name=f"Company {number:03d}")
    cast.on_record(company, domains=(f"q{number}.example",))
    people = [
        actions.PartyData("P", f"Q{number}", f"{name}@q{number}.example") for name in ("rita", "leon", "paula")
    ]  # fmt: skip
    opening = cast.ask(company, now, requester=people[0], representative=people[1], plsa=people[2])
    if number % 2:
        actions.accept_terms(
            link_key=cast.link(opening).key, cofor=company.cofor, text_id=cast.text().pk, corrected_plsa=None,
            language="en", actor=cast.VISITOR, now=now,
        )  # fmt: skip


@pytest.fixture
def ten() -> None:
    cast.publish_terms(clock.now())
    for number in range(10):
        opened(number)


@pytest.mark.parametrize(
    "path",
    [
        "/en/", "/fr/", "/en/present-your-company/", "/en/help/", "/en/help/glossary/", "/en/help/contact/",
        "/en/sign-in/", "/robots.txt", "/api/v1/openapi.json", "/healthz",
    ],
)  # fmt: skip
def test_a_public_page_asks_nothing(path: str, client: Client) -> None:
    # P12: 0 warm
    assert cost(client, path) == 0


def test_content_asks_at_most_two(client: Client, ten: None) -> None:
    # P12
    assert cost(client, "/en/information/") <= 2
    assert cost(client, "/en/get-an-access/") <= 2


def test_an_analysis_is_one_query_and_its_answer_two(client: Client, ten: None) -> None:
    # P8: one SQL for the six checks, and the count of the try
    with CaptureQueriesContext(connection) as found:
        analyse("Q00001", site="P1", now=clock.now())
    assert len(found) == 1
    assert cost(client, "/api/v1/access-analysis/Q00001?site=P1") == 2
    assert cost(client, "/api/v1/access-analysis/ZZ99ZZ") == 2


def test_signing_in_asks_at_most_twelve(client: Client, ten: None) -> None:
    # P12
    person = Person.objects.order_by("pk")[0]
    accounts.set_password(person_id=person.pk, password=PASSWORD, actor=SYSTEM, now=clock.now())
    typed = {"login": person.login, "password": PASSWORD}
    Client().post("/en/sign-in/", typed)
    assert cost(client, "/en/sign-in/", typed, status=302) <= 12
    assert cost(client, "/en/home/") <= 8


@pytest.fixture
def desk(client: Client) -> Client:
    now = clock.now()
    made = accounts.create_login(
        first_name="Olga", last_name="O", email="olga@group.example", language="en", actor=SYSTEM, now=now,
        kind=PersonKind.STAFF,
    )  # fmt: skip
    accounts.set_roles(person_id=made.pk, roles=frozenset({Role.ADMINISTRATOR}), actor=SYSTEM, now=now)
    accounts.set_password(person_id=made.pk, password=PASSWORD, actor=SYSTEM, now=now)
    client.post("/en/sign-in/", {"login": made.login, "password": PASSWORD})
    return client


LISTS = [
    "/en/desk/openings/", "/en/desk/openings/?tab=all", "/en/desk/companies/", "/en/desk/mails/", "/en/desk/trail/",
    "/en/desk/tickets/", "/en/desk/people/", "/en/desk/people/?q=paula",
]  # fmt: skip
# Who asks: the session, the person, the person's roles and whether they may enter: for every page of the desk.
ENTRY = 3


@pytest.mark.parametrize("path", LISTS)
def test_a_list_costs_the_same_whatever_its_length(path: str, desk: Client) -> None:
    # P12: at most six, whatever the length
    if desk.get(path).status_code == 404:
        pytest.skip("another address")
    cast.publish_terms(clock.now())
    opened(100)
    opened(101)
    few = cost(desk, path)
    for number in range(12):
        opened(number)
    assert cost(desk, path) <= few
    assert few <= 6 + ENTRY


def test_deep_and_first_pages_of_the_clock_cost_alike(ten: None) -> None:
    # One round over many that are not due is one query a day of the brand.
    with CaptureQueriesContext(connection) as found:
        actions.remind_due(now=clock.now() + timedelta(hours=1))
        actions.lapse_due(now=clock.now() + timedelta(hours=1))
    assert len(found) == 4
