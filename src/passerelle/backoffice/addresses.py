"""Addresses of lists: the whole view stands in them, so that it can be sent to a colleague."""

from __future__ import annotations

from django.http import HttpRequest


def view_of(request: HttpRequest, **changes: str) -> str:
    """The address of the same list, from its first page, with some of its values changed; empty ones are left out."""
    query = request.GET.copy()
    for place in ("page", "after"):
        query.pop(place, None)
    for name, value in changes.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return f"?{query.urlencode()}" if query else request.path
