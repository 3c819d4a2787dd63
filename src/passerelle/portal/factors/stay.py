"""Letting the session that changed a second factor go on, when all others have ended with the former epoch."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse

from passerelle.accounts.models import Person
from passerelle.portal.session import devices


def person_of(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)
    return request.user


def stay(request: HttpRequest, person: Person, response: HttpResponse) -> HttpResponse:
    """Give this session a new row and id under the person's new epoch; the browser stays a known one."""
    update_session_auth_hash(request, person)  # a new id too
    request.session["epoch"] = person.credential_epoch
    devices.remember(request, response, person)
    return response


def onward(address: str, wanted: str) -> str:
    """A page that leads on to the one first asked for, if there is one."""
    return f"{address}?{urlencode({'next': wanted})}" if wanted else address
