"""Pages of long lists. Both kinds cost the same on the first page and on the last one somebody asks for.

`Keyset` walks an index from where the last page ended: for lists that grow without end. `numbered` counts nothing and
goes no deeper than a bound: for lists that filters make short.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldError, ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

SIZE = 25
DEEPEST = 200


@dataclass(frozen=True)
class Page:
    """Some rows and the way on; what `<c-pager :page="page" />` shows."""

    items: Sequence[Any]
    previous_url: str = ""
    next_url: str = ""
    range: str = ""

    def __iter__(self) -> Any:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


def numbered(request: HttpRequest, rows: QuerySet[Any] | Sequence[Any], *, size: int = SIZE) -> Page:
    """The page that `?page=` asks for, 1 for anything that is no number, at most the two hundredth."""
    asked = request.GET.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) <= 4 else 1
    number = max(1, min(number, DEEPEST))
    start = (number - 1) * size
    found = list(rows[start : start + size + 1])
    more = len(found) > size and number < DEEPEST
    items = found[:size]
    words = ""
    if items and (more or number > 1):
        words = _("%(first)d to %(last)d") % {"first": start + 1, "last": start + len(items)}
    return Page(
        items,
        previous_url=_address(request, page=str(number - 1) if number > 2 else None) if number > 1 else "",
        next_url=_address(request, page=str(number + 1)) if more else "",
        range=words,
    )


def keyset(request: HttpRequest, rows: QuerySet[Any], *, order: Sequence[str] = ("-pk",), size: int = SIZE) -> Page:
    """The page after the row that `?after=` names, in the given order, whose last field must be unique.

    A place that cannot be read shows the first page: an old bookmark never shows an error.
    """
    place = _read(request.GET.get("after", ""), len(order))
    ordered = rows.order_by(*order)
    found: list[Any] = []
    if place is not None:
        try:
            found = list(ordered.filter(_beyond(order, place))[: size + 1])
        except (ValueError, TypeError, FieldError, ValidationError, OverflowError):
            place = None
    if place is None:
        found = list(ordered[: size + 1])
    items = found[:size]
    return Page(
        items,
        previous_url=_address(request, after=None) if place is not None else "",
        next_url=_address(request, after=_write(items[-1], order)) if len(found) > size else "",
    )


def _beyond(order: Sequence[str], place: Sequence[Any]) -> Q:
    """Rows after `place`: later in the first field, or equal in it and later in the next, and so on."""
    wanted = Q()
    equal = Q()
    for field, value in zip(order, place, strict=True):
        name = field.removeprefix("-")
        step = "lt" if field.startswith("-") else "gt"
        wanted |= equal & Q(**{f"{name}__{step}": value})
        equal &= Q(**{name: value})
    return wanted


def _write(row: Model, order: Sequence[str]) -> str:
    values = []
    for field in order:
        value: Any = row
        for part in field.removeprefix("-").split("__"):
            value = getattr(value, part)
        values.append(value if isinstance(value, int | str) else value.isoformat())
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def _read(text: str, length: int) -> list[Any] | None:
    if not text or len(text) > 500:
        return None
    try:
        place = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return None
    good = isinstance(place, list) and len(place) == length
    if not good or not all(isinstance(value, str | int) and "\0" not in str(value) for value in place):
        return None
    return place if all(not isinstance(value, int) or abs(value) < 2**62 for value in place) else None


def _address(request: HttpRequest, **changes: str | None) -> str:
    query = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = value
    return f"?{query.urlencode()}" if query else request.path
