"""Days and instants as people read them, in the organisation's zone, with the words of the current language."""

from __future__ import annotations

from datetime import date, datetime

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from django.utils.translation import get_language, gettext, pgettext

from passerelle import brand

# British order for English: 12 March 2026, never March 12.
LOCALES = {"en": "en_GB"}


def day(value: date | datetime) -> str:
    """12 March 2026; 1er mars 2026."""
    if isinstance(value, datetime):
        value = value.astimezone(brand.current().organisation.time_zone).date()
    text = format_date(value, format="d MMMM y", locale=_locale())
    if value.day == 1:
        text = pgettext("first day of a month", "1") + text.removeprefix("1")
    return text


def hour(value: datetime) -> str:
    """10:42; 10 h 42."""
    local = value.astimezone(brand.current().organisation.time_zone)
    return pgettext("time of day", "%(hour)s:%(minute)s") % {
        "hour": f"{local.hour:02d}",
        "minute": f"{local.minute:02d}",
    }


def when(value: datetime, *, zone: bool = True) -> str:
    """12 March 2026 at 10:42 (Paris time); without the zone where the page says it elsewhere."""
    facts = {"day": day(value), "hour": hour(value), "zone": str(brand.current().organisation.zone_label)}
    if zone:
        return gettext("%(day)s at %(hour)s (%(zone)s)") % facts
    return gettext("%(day)s at %(hour)s") % facts


def _locale() -> Locale:
    language = (get_language() or "en").replace("-", "_")
    try:
        return Locale.parse(LOCALES.get(language, language))
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en_GB")
