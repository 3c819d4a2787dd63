"""What waits longer than announced is flagged, and stands first (B1, G4)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client

from passerelle import brand
from passerelle.backoffice.late import is_late, late_before
from passerelle.core import clock
from passerelle.opening.models import Opening
from passerelle.suppliers.models import Company
from passerelle.support.models import Ticket
from tests import cast
from tests.backoffice import stages

LATE = ">Late</span>"


def at(text: str) -> datetime:
    """An instant in March 2026, written as people of the organisation read it: the day, then the time."""
    return datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=brand.current().organisation.time_zone)


@pytest.mark.parametrize(
    ("now", "days", "before"),
    [
        ("03T10:30", 1, "02T10:30"),  # Tuesday: what came before Monday at the same time
        ("09T10:30", 1, "06T10:30"),  # Monday: what came before Friday at the same time, nothing of the weekend
        ("07T18:00", 1, "06T00:00"),  # Saturday: as at the end of Friday
        ("08T23:00", 1, "06T00:00"),
        ("10T00:01", 1, "09T00:01"),  # Tuesday, just begun: all of the weekend
        ("12T09:00", 5, "05T09:00"),
        ("30T09:00", 1, "27T09:00"),  # the clocks went forward on the Sunday between
    ],
)
def test_a_delay_counts_monday_to_friday_where_the_organisation_is(now: str, days: int, before: str) -> None:
    assert late_before(at(now), days) == at(before)


@pytest.mark.django_db
def test_nobody_is_late_for_what_waits_for_others(now: datetime) -> None:
    cast.publish_terms(now)
    company = cast.company(now)
    cast.on_record(company, domains=("fournier.example",))
    week = now + timedelta(days=7)
    assert not is_late(cast.ask(company, now), week)
    assert is_late(cast.ask(company, now, requester=cast.HOSTILE, representative=cast.HOSTILE), week)


def text(client: Client, path: str) -> str:
    return client.get(f"/en/desk/{path}").content.decode()


def test_a_late_opening_is_flagged_with_its_age_and_stands_first(
    assistance: Client, company: Company, now: datetime
) -> None:  # B1
    late = stages.to_verify(company, now)
    fresh = stages.to_verify(cast.company(now, cofor="FRESH1", name="Aaa Fresh"), now)
    instant = clock.now()
    Opening.objects.filter(pk=late.pk).update(state_since=instant - timedelta(days=5))
    Opening.objects.filter(pk=fresh.pk).update(state_since=instant)
    queue = text(assistance, "openings/")
    assert queue.count(LATE) == 1
    assert queue.index(late.reference) < queue.index(LATE) < queue.index(fresh.reference)
    assert "5 days" in queue
    overview = text(assistance, "")
    assert overview.count(LATE) == 1
    assert "1 late" in overview
    assert LATE in text(assistance, f"openings/{late.key}/")
    assert LATE not in text(assistance, f"openings/{fresh.key}/")


def test_a_late_message_is_flagged_until_it_is_closed(assistance: Client, now: datetime) -> None:  # G4
    ticket = Ticket.objects.create(
        reference="AS-LATE-0001", kind="contact", received_at=clock.now() - timedelta(days=5), language="en",
        first_name="A", last_name="B", email="a@b.example", subject="Slow", comments="…", submission="x",
    )  # fmt: skip
    for page in ("tickets/", "", f"tickets/{ticket.key}/"):
        assert LATE in text(assistance, page), page
    Ticket.objects.filter(pk=ticket.pk).update(state="closed", closed_at=clock.now())
    for page in ("tickets/?state=closed", "", f"tickets/{ticket.key}/"):
        assert LATE not in text(assistance, page), page
