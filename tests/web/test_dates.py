"""Days and instants in the organisation's zone, in words."""

from __future__ import annotations

from datetime import UTC, date, datetime

from django.utils import translation

from passerelle.web import dates

INSTANT = datetime(2026, 3, 12, 9, 42, tzinfo=UTC)


def test_an_instant_is_said_in_the_organisations_zone_with_its_name() -> None:
    with translation.override("en"):
        assert dates.when(INSTANT) == "12 March 2026 at 10:42 (Paris time)"
        assert dates.when(INSTANT, zone=False) == "12 March 2026 at 10:42"


def test_an_instant_late_in_the_evening_falls_on_the_zones_day() -> None:
    with translation.override("en"):
        assert dates.day(datetime(2026, 3, 12, 23, 30, tzinfo=UTC)) == "13 March 2026"


def test_a_day_has_its_month_in_words_in_each_language() -> None:
    with translation.override("en"):
        assert dates.day(date(2026, 3, 1)) == "1 March 2026"
    with translation.override("fr"):
        assert dates.day(date(2026, 3, 12)) == "12 mars 2026"
