"""My account: what is set up, what is not, and the page where each is changed (D11)."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from passerelle.accounts import queries
from passerelle.accounts.models import Person
from passerelle.accounts.rules import password_ends_at
from passerelle.core import clock
from passerelle.web import navigation


def person_of(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)
    return request.user


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    person, now = person_of(request), clock.now()
    factors = list(person.second_factors.order_by("created_at"))
    context = {
        "person": person,
        "change": queries.waiting_email_change(person, now),
        "language_name": dict(settings.LANGUAGES).get(person.language, person.language),
        "password_url": answering("password/"),
        "password_ends_at": password_ends_at(person, has_factor=bool(factors)),
        "factors": factors,
        "factor_url": answering("account/second-factor/"),
        "session_count": len(queries.living_sessions(person, now)),
        "last": next(iter(queries.activity(person, most=1)), None),
    }
    return render(request, "account/overview.html", context)


def answering(path: str) -> str:
    """The address of a page after the language; empty where no such page stands."""
    address = navigation.address(path)
    return address if navigation.answers(address) else ""
