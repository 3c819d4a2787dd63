"""Addresses of static files. A missing entry of the manifest never costs a page: the plain address is used then."""

from __future__ import annotations

from django.conf import settings
from django.templatetags.static import static


def static_address(name: str) -> str:
    try:
        return static(name)
    except Exception:  # the storage may be half deployed; an error page must still find its style sheet
        return f"{settings.STATIC_URL}{name}"


def built(name: str) -> str:
    """The address of a file made by frontend/build.mjs."""
    return static_address(f"build/{name}")
