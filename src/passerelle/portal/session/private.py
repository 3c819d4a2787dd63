"""The private home: company, role, and what to do next."""

from __future__ import annotations

import re

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from passerelle.accounts.models import Person
from passerelle.core import clock
from passerelle.core.errors import Refused
from passerelle.entry import actions as entry
from passerelle.entry.rules import doors
from passerelle.memberships import actions as memberships
from passerelle.memberships.models import Membership
from passerelle.memberships.queries import of_person, plsas_of, proposed_to
from passerelle.portal.session.views import home_address
from passerelle.web.requests import actor


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)
    return request.user


def current(request: HttpRequest, open_doors: list[Membership]) -> Membership | None:
    """The membership this session acts for: the one chosen, or the only one."""
    chosen = request.session.get("company_key", "")
    for membership in open_doors:
        if membership.company.key == chosen:
            return membership
    return open_doors[0] if len(open_doors) == 1 else None


def home(request: HttpRequest) -> HttpResponse:
    """What needs this person, their company and role. A person of several companies chooses one first (E6)."""
    person, now = _person(request), clock.now()
    if person.is_staff:
        return redirect(home_address(person))
    open_doors = doors(list(of_person(person, now)))
    membership = current(request, open_doors)
    if membership is None:
        return render(request, "session/choose_company.html", {"memberships": open_doors})
    context = {
        "membership": membership,
        "company": membership.company,
        "is_plsa": membership.is_plsa,  # type: ignore[attr-defined]
        "plsas": plsas_of(membership.company, now),
        "proposals": list(proposed_to(person)),
        "several": len(open_doors) > 1,
        "memberships": open_doors,
    }
    return render(request, "session/home.html", context)


@require_POST
def choose_company(request: HttpRequest) -> HttpResponse:
    """Act for another company, without signing in again."""
    try:
        membership = entry.choose_company(
            person=_person(request), company_key=request.POST.get("company", "")[:40], actor=actor(request),
            now=clock.now(),
        )  # fmt: skip
    except Refused:
        messages.warning(request, _("You cannot act for this company at present."))
    else:
        request.session["company_key"] = membership.company.key
    return redirect("session:home")


def _posted_key(request: HttpRequest, name: str) -> str:
    """A key that a button carries; empty for a text that is none, such as null characters."""
    text = request.POST.get(name, "")
    return text if re.fullmatch(r"[\w-]{1,40}", text, re.ASCII) else ""


@require_POST
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
