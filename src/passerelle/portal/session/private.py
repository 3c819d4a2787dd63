"""The private home: company, role, and what to do next."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from passerelle.accounts.models import Person
from passerelle.core import clock
from passerelle.core.errors import Refused
from passerelle.entry import actions as entry
from passerelle.entry.enums import Gate
from passerelle.memberships import actions as memberships
from passerelle.memberships.queries import plsas_of, proposed_to
from passerelle.portal.session.enter import home_address
from passerelle.portal.session.gate import acting, facts_of, open_doors
from passerelle.terms.models import Audience, Version
from passerelle.terms.queries import current_version
from passerelle.terms.rules import Standing, is_newer
from passerelle.web.access import at_gate, safe_next
from passerelle.web.requests import actor

View = Callable[..., HttpResponse]


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)
    return request.user


@at_gate(Gate.COMPANY)
def home(request: HttpRequest) -> HttpResponse:
    """What needs this person, their company and role. A person of several companies chooses one first (E6)."""
    person, now = _person(request), clock.now()
    if person.is_staff:
        return redirect(home_address(person))
    membership, companies = acting(request), open_doors(request)
    if membership is None:
        choice = {"memberships": companies, "next": safe_next(request, request.get_full_path())}
        return render(request, "session/choose_company.html", choice)
    context: dict[str, object] = {
        "membership": membership,
        "company": membership.company,
        "is_plsa": membership.is_plsa,  # type: ignore[attr-defined]
        "plsas": plsas_of(membership.company, now),
        "proposals": list(proposed_to(person)),
        "several": len(companies) > 1,
        "memberships": companies,
        "new_terms": _newer(facts_of(request).company_terms, Audience.COMPANY, now),
        "new_own_terms": _newer(facts_of(request).own_terms, Audience.PERSON, now),
    }
    return render(request, "session/home.html", context)


def _newer(standing: Standing | None, audience: Audience, now: datetime) -> Version | None:
    """The version in effect that waits for its acceptance and has a deadline, which is yet to come."""
    if standing is None or standing.accepted is None or not is_newer(standing):
        return None
    version = current_version(now, audience)
    return version if version is not None and version.deadline_at is not None else None


def sent_only(view: View) -> View:
    """Mark a view that only acts when a form is sent: whoever opens its address finds the home, no empty page."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST":
            return view(request, *args, **kwargs)
        wanted = safe_next(request, "")
        return redirect(f"{reverse('session:home')}?{urlencode({'next': wanted})}" if wanted else "session:home")

    return require_http_methods(["GET", "HEAD", "POST"])(guarded)


@at_gate(Gate.COMPANY, Gate.TERMS)
@sent_only
def choose_company(request: HttpRequest) -> HttpResponse:
    """Act for another company, without signing in again; then on to the page first asked for (E6)."""
    try:
        membership = entry.choose_company(
            person=_person(request), company_key=request.POST.get("company", "")[:40], actor=actor(request),
            now=clock.now(),
        )  # fmt: skip
    except Refused:
        messages.warning(request, _("You cannot act for this company at present."))
    else:
        request.session["company_key"] = membership.company.key
    return redirect(safe_next(request, reverse("session:home")))


def _posted_key(request: HttpRequest, name: str) -> str:
    """A key that a button carries; empty for a text that is none, such as null characters."""
    text = request.POST.get(name, "")
    return text if re.fullmatch(r"[\w-]{1,40}", text, re.ASCII) else ""


@sent_only
def answer_mandate(request: HttpRequest) -> HttpResponse:
    """Take or decline the mandate of PLSA that was proposed (decision 27)."""
    accept = request.POST.get("answer") == "accept"
    try:
        mandate = memberships.answer_mandate(
            mandate_key=_posted_key(request, "mandate"), person_id=_person(request).pk, accept=accept,
            actor=actor(request), now=clock.now(),
        )  # fmt: skip
    except Refused:
        messages.info(request, _("This proposal was answered already."))
    else:
        name = mandate.membership.company.name
        words = _("You are now a PLSA of %(company)s.") if accept else _("You declined the mandate for %(company)s.")
        messages.success(request, words % {"company": name})
    return redirect("session:home")
