"""The queue of openings: tabs, counts, search, order, pages, empty states."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from passerelle.accounts.models import Person
from passerelle.mail.models import Link
from passerelle.opening import actions, queries
from passerelle.opening.actions import PartyData
from passerelle.opening.models import Opening
from passerelle.opening.queries import Tab
from passerelle.suppliers.models import Company
from tests import cast
from tests.backoffice import stages

pytestmark = pytest.mark.django_db


def crowd(now: datetime, number: int) -> list[Opening]:
    """Requests nobody is matched to, of as many companies, the first the oldest."""
    found = []
    for place in range(number):
        company = cast.company(now, cofor=f"CRD{place:03d}", name=f"Crowd {place:03d}")
        people = [PartyData("P", str(who), f"p{who}@crowd{place}.example") for who in range(3)]
        found.append(
            cast.ask(
                company,
                now - timedelta(days=number - place),
                requester=people[0],
                representative=people[1],
                plsa=people[2],
            )
        )
    return found


def test_each_tab_holds_its_states(now: datetime) -> None:
    cast.publish_terms(now)
    wanted: dict[str, Opening] = {}
    for place, (name, play) in enumerate({
        "verify": stages.to_verify, "dispute": stages.disputed, "plsa": stages.held, "waiting": stages.awaiting,
        "ended": stages.opened,
    }.items()):  # fmt: skip
        company = cast.company(now, cofor=f"TAB{place:03d}", name=f"Tab {name}")
        cast.on_record(company, "contact@fournier.example", domains=("fournier.example",))
        wanted[name] = play(company, now)
        if name == "ended":
            continue
    for name, opening in wanted.items():
        assert list(queries.queue(Tab(name))) == [opening], name
    assert queries.queue_counts() == {tab: 5 if tab is Tab.ALL else 1 for tab in Tab}


def test_an_opened_access_with_an_objection_is_in_dispute(company: Company, now: datetime) -> None:
    # decision 7: the objection froze the access, somebody must settle it
    opening = stages.opened(company, now)
    link = Link.objects.filter(purpose="objection", superseded_at__isnull=True, used_at__isnull=True).first()
    assert link is not None
    actions.object_to(link_key=link.key, note="Not ours.", actor=cast.VISITOR, now=now)
    assert list(queries.queue(Tab.DISPUTE)) == [opening]


def test_it_is_found_by_everything_people_read_out(company: Company, now: datetime) -> None:
    opening = stages.opened(company, now)
    person = Person.objects.get()
    other = cast.company(now, cofor="ZZ9999", name="Elsewhere")
    stages.to_verify(other, now)
    for text in (
        opening.reference, opening.reference[:6].lower(), " ab 12 cd ", "fournier", "PRÉCISION",
        "rita@fournier.example",
        "Leon@Fournier.example", "paula@", person.login, person.login.lower(),
    ):  # fmt: skip
        assert opening in list(queries.queue(Tab.ALL, search=text)), text
    assert list(queries.queue(Tab.ALL, search="nobody@nowhere.example")) == []
    assert queries.queue_counts(search="fournier")[Tab.ALL] == 1


def test_a_page_costs_the_same_whatever_the_length(assistance: Client, now: datetime) -> None:
    crowd(now, 3)
    assistance.get("/en/desk/openings/")
    with CaptureQueriesContext(connection) as few:
        assistance.get("/en/desk/openings/")
    crowd_again = [cast.company(now, cofor=f"MOR{place:03d}", name=f"More {place}") for place in range(30)]
    for company in crowd_again:
        stages.to_verify(company, now)
    with CaptureQueriesContext(connection) as many:
        response = assistance.get("/en/desk/openings/")
    assert len(many) == len(few)
    with CaptureQueriesContext(connection) as own:
        list(queries.queue(Tab.VERIFY)[:25])
        queries.queue_counts()
    assert len(own) <= 6
    assert response.content.decode().count("<tr>") == 26


def test_the_oldest_comes_first_and_pages_go_on(assistance: Client, now: datetime) -> None:
    crowd(now, 27)
    first = assistance.get("/en/desk/openings/").content.decode()
    assert first.index("Crowd 000") < first.index("Crowd 001")
    assert "Crowd 026" not in first
    assert "?page=2" in first
    assert "Crowd 026" in assistance.get("/en/desk/openings/?page=2").content.decode()
    newest = assistance.get("/en/desk/openings/?sort=newest").content.decode()
    assert newest.index("Crowd 026") < newest.index("Crowd 025")
    assert 'aria-sort="ascending"' in assistance.get("/en/desk/openings/?sort=company").content.decode()


@pytest.mark.parametrize("query", ["?tab=nonsense", "?sort=nonsense", "?page=-1", "?page=99999999999", "?page=x"])
def test_an_address_that_makes_no_sense_still_shows_the_queue(query: str, assistance: Client) -> None:
    assert assistance.get(f"/en/desk/openings/{query}").status_code == 200


@pytest.mark.parametrize("text", ["%00", "a" * 101, "%F0%9F%92%A9", "'; DROP TABLE", "%E2%80%AE", "%C3%28", "%25"])
def test_a_hostile_search_is_an_answer_never_a_failure(text: str, assistance: Client) -> None:
    assert assistance.get(f"/en/desk/openings/?q={text}&tab=all").status_code == 200


def test_an_empty_queue_says_that_nothing_waits(assistance: Client) -> None:
    assert "No request waits" in assistance.get("/en/desk/openings/").content.decode()
    html = assistance.get("/en/desk/openings/?q=nobody").content.decode()
    assert "No opening matches “nobody” in this tab" in html
    assert "Clear the search" in html


def test_a_row_tells_of_rival_claims_and_ages(assistance: Client, company: Company, now: datetime) -> None:
    stages.to_verify(company, now)
    stages.awaiting(company, now)
    html = assistance.get("/en/desk/openings/").content.decode()
    assert "1 other claim on the company" in html
    assert "3 hours" in html
    assert "within 1 working day" in html


def test_the_view_stands_in_the_address(assistance: Client, company: Company, now: datetime) -> None:
    stages.awaiting(company, now)
    html = assistance.get("/en/desk/openings/?tab=waiting&q=fournier&sort=company").content.decode()
    assert "tab=dispute&amp;" in html or "&amp;tab=dispute" in html
    assert 'value="fournier"' in html
    assert '<input type="hidden" name="tab" value="waiting">' in html


def test_the_overview_shows_my_queue_first(assistance: Client, company: Company, now: datetime) -> None:
    stages.to_verify(company, now)
    html = assistance.get("/en/desk/").content.decode()
    assert "Requests to verify" in html
    assert "the oldest for 3 hours" in html
    assert "Fournier Précision" in html
    assert "No message waits" in html


def test_the_overview_of_an_editor_leads_to_the_companies(editor: Client, company: Company, now: datetime) -> None:
    stages.to_verify(company, now)
    html = editor.get("/en/desk/").content.decode()
    assert "Look up a company" in html
    assert "Fournier" not in html


def test_every_event_of_the_trail_has_words(db: Any) -> None:
    from passerelle.audit.tags import Tag
    from passerelle.backoffice.history import TITLES

    assert {tag.value for tag in Tag} - set(TITLES) == set()
