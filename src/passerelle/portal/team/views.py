"""The people of one's own company, for its PLSAs: who they are, why they cannot enter, what can be done (D10, I5).

Every page asks for the company this session acts for, and finds people among those of that company only: the key of
anybody else is not found.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from passerelle.accounts.enums import Lifter
from passerelle.accounts.models import Person, SecondFactor
from passerelle.core import clock
from passerelle.core.errors import Refused
from passerelle.entry.models import Diagnosis
from passerelle.entry.queries.people import Team, reach_of_plsa
from passerelle.entry.rules.people import Act, Reach
from passerelle.memberships.queries import plsas_of
from passerelle.memberships.queries import team as people_of
from passerelle.portal.session.gate import acting
from passerelle.portal.team.wishes import ASKED, pass_on
from passerelle.web import acts
from passerelle.web import people as seen
from passerelle.web.pagination import numbered
from passerelle.web.proof import fresh_proof

View = Callable[..., HttpResponse]


def for_plsas(view: View) -> View:
    """Open a page to PLSAs of the company the session acts for; it gets their team. Others read who the PLSAs are."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        membership = acting(request)
        if membership is None:
            raise Http404
        if not membership.is_plsa:  # type: ignore[attr-defined]
            context = {"company": membership.company, "plsas": plsas_of(membership.company, clock.now())}
            return render(request, "team/not_plsa.html", context, status=403)
        return view(request, Team(membership.company, membership), *args, **kwargs)

    return guarded


def _load(team: Team, key: str) -> Reach:
    found = reach_of_plsa(team, key, clock.now())
    if found is None:
        raise Http404
    return found


@for_plsas
@require_safe
def people(request: HttpRequest, team: Team) -> HttpResponse:
    """The people of the company, by name."""
    now = clock.now()
    factors = SecondFactor.objects.filter(person=OuterRef("person"))
    page = numbered(request, people_of(team.company, now).annotate(has_factor=Exists(factors)))
    context = {
        "company": team.company,
        "page": page,
        "rows": [
            {
                "person": row.person,
                "is_plsa": row.is_plsa,
                "status": seen.status(
                    Reach(person=row.person, by=Lifter.PLSA, membership=row, has_factor=row.has_factor), now=now
                ),
            }
            for row in page
        ],
        "number_form": seen.NumberForm(auto_id="number_%s"),
    }
    return render(request, "team/list.html", context)


@for_plsas
@require_safe
def person(request: HttpRequest, team: Team, key: str) -> HttpResponse:
    """One of the company's people: state, why they cannot sign in, and what the PLSA can do about it."""
    reach = _load(team, key)
    context = seen.facts(reach, team.company, now=clock.now())
    context |= {"company": team.company, "is_plsa": reach.membership.is_plsa}  # type: ignore[union-attr]
    return render(request, "team/person.html", context)


@for_plsas
@fresh_proof
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, team: Team, key: str, name: str) -> HttpResponse:
    """One act on somebody of the company: what it means, then the act itself."""
    reach = _load(team, key)

    def passed_on(act: Act, refusal: Refused) -> bool:
        if act is not Act.REMOVE_FACTOR or refusal.code not in ASKED:
            return False
        if refusal.code == "assistance_only":
            pass_on(request, team, reach.person)
        return True

    return acts.act_page(
        request, name, reach, page="team:person", template="team/act.html", company=team.company,
        passed_on=passed_on, deleted="team:people",
    )  # fmt: skip


@for_plsas
@require_http_methods(["GET", "HEAD", "POST"])
def number(request: HttpRequest, team: Team) -> HttpResponse:
    """What happened to the try whose number a colleague reads out. Another company's number is as unknown as none."""

    def reader(found: Diagnosis) -> tuple[bool, Person | None]:
        reach = reach_of_plsa(team, found.person_key, clock.now()) if found.person_key else None
        return reach is not None, reach.person if reach else None

    unknown = _("No refused sign-in of your people in the last 24 hours has this number.")
    return seen.number_page(request, template="team/number.html", reader=reader, unknown=unknown, company=team.company)
