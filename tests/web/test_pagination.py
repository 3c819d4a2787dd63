"""Pages of lists: bounded, shareable by address, never an error whatever the address says."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from django.contrib.contenttypes.models import ContentType
from django.test import RequestFactory

from passerelle.web.pagination import DEEPEST, Page, keyset, numbered

ORDER = ("app_label", "-model", "pk")


def number(query: str) -> Page:
    return numbered(RequestFactory().get(f"/en/desk/?{query}"), list(range(60)), size=25)


def test_it_shows_where_one_is_and_keeps_the_filters_in_the_address() -> None:
    page = number("q=fournier&page=2")
    assert list(page) == list(range(25, 50))
    assert page.range == "26 to 50"
    assert page.next_url == "?q=fournier&page=3"
    assert page.previous_url == "?q=fournier"


def test_the_last_page_leads_no_further() -> None:
    assert number("page=3").next_url == ""
    assert list(number("page=3")) == list(range(50, 60))


@pytest.mark.parametrize("asked", ["0", "-1", "abc", "9" * 36, "１", "1e3", "", "%00"])
def test_a_page_that_is_no_number_is_the_first(asked: str) -> None:
    assert list(number(f"page={asked}"))[:1] == [0]


def test_nobody_walks_deeper_than_the_bound() -> None:
    page = numbered(RequestFactory().get("/?page=9999"), list(range(100_000)), size=1)
    assert list(page) == [DEEPEST - 1]
    assert page.next_url == ""


def walk(size: int) -> list[int]:
    seen: list[int] = []
    query = ""
    while True:
        page = keyset(RequestFactory().get(f"/en/desk/{query}"), ContentType.objects.all(), order=ORDER, size=size)
        seen += [row.pk for row in page]
        if not page.next_url:
            return seen
        query = page.next_url


@pytest.mark.django_db
def test_a_walk_by_keyset_meets_every_row_once_in_order() -> None:
    whole = list(ContentType.objects.order_by(*ORDER).values_list("pk", flat=True))
    assert len(whole) > 7
    assert walk(3) == whole


@pytest.mark.django_db
@pytest.mark.parametrize("place", ["x", "W10", "WyJhIl0", "bnVsbA", "A" * 600, "WzEsMiwzXQ", "WyJhIiwiYiIsInoiXQ"])
def test_a_place_that_cannot_be_read_shows_the_first_page(place: str) -> None:
    request = RequestFactory().get(f"/?after={place}")
    page = keyset(request, ContentType.objects.all(), order=ORDER, size=3)
    assert len(page) in {0, 3}
    assert "after" in parse_qs(page.next_url.removeprefix("?")) or not page.items
