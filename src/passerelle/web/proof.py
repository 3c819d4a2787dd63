"""A fresh proof before a dangerous act: the password, a passkey or a code, given a few minutes ago at most."""

from __future__ import annotations

from datetime import timedelta
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.dateparse import parse_datetime

from passerelle import brand
from passerelle.core import clock
from passerelle.web.access import View, lead_to


def fresh_proof(view: View) -> View:
    """Mark a closed view that opens only while the last proof is fresh; otherwise the person gives one first and comes
    back: to the page itself, or after a form was sent, to the page of that form.

    Write it under the marks that open a page (`@at_gate`, `@staff_page`).
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if is_fresh(request):
            return view(request, *args, **kwargs)
        return lead_to(request, reverse("factors:confirm"))

    return guarded  # type: ignore[return-value]


def is_fresh(request: HttpRequest, *, by_password: bool = False) -> bool:
    """Whether this session's last proof is as young as the brand asks (`fresh_proof_minutes`); `by_password` counts
    only the password, for which no other proof stands in."""
    given = parse_datetime(str(request.session.get("password_proved_at" if by_password else "proved_at", "")))
    minutes = timedelta(minutes=brand.current().policies.fresh_proof_minutes)
    return given is not None and timedelta() <= clock.now() - given < minutes


def note_proof(request: HttpRequest, *, by_password: bool) -> None:
    """This session has just proved who it is, by the password or by something else."""
    request.session["proved_at"] = clock.now().isoformat()
    if by_password:
        request.session["password_proved_at"] = request.session["proved_at"]
