"""The people of one's own company, for its PLSAs: who they are, why they cannot enter, what can be done (D10, I5).

Every page asks for the company this session acts for, and finds people among those of that company only: the key of
anybody else is not found.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from passerelle.accounts.enums import Lifter
from passerelle.accounts.models import SecondFactor
from passerelle.core import clock
from passerelle.core.errors import Refused
from passerelle.entry.actions.diagnosis import read_diagnosis
from passerelle.entry.actions.people import perform
from passerelle.entry.queries import diagnosis_by_number
from passerelle.entry.queries.people import Team, reach_of_plsa
from passerelle.entry.rules.people import Act, Reach, may_do
from passerelle.limits.check import hit
from passerelle.memberships.queries import plsas_of
from passerelle.memberships.queries import team as people_of
from passerelle.portal.session.gate import acting
from passerelle.portal.team.wishes import ASKED, pass_on
from passerelle.web import people as seen
from passerelle.web.dates import hour
from passerelle.web.forms import bind, was_switched
from passerelle.web.pagination import numbered
from passerelle.web.proof import fresh_proof
from passerelle.web.requests import actor

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
    reach, now = _load(team, key), clock.now()
    found = reach.person
    sessions = seen.sessions_of(found, now, reach)
    context = {
        "company": team.company,
        "person": found,
        "is_plsa": reach.membership.is_plsa,  # type: ignore[union-attr]
        "status": seen.status_for(team.company, reach, now=now),
        "note": seen.note_of(found, team.company),
        "lifters": seen.lifter_words(reach),
        "why": seen.diagnosis(found, team.company, now=now),
        "factors": seen.factors_of(found),
        "sessions": sessions,
        "offers": seen.offers(reach, sessions=sessions.count),
        "is_self": reach.is_self,
    }
    return render(request, "team/person.html", context)


@for_plsas
@fresh_proof
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, team: Team, key: str, name: str) -> HttpResponse:
    """One act on somebody of the company: what it means, then the act itself."""
    chosen, reach, now = seen.act_named(name), _load(team, key), clock.now()
    if chosen is None:
        raise Http404
    found, verdict = reach.person, may_do(chosen, reach)
    if not verdict:
        messages.warning(request, seen.refusal_words(Refused(verdict.reason)))
        return redirect("team:person", key=key)
    words = seen.words(chosen, found, Lifter.PLSA)
    form = bind(request, seen.NoteForm) if chosen in seen.NEEDS_NOTE else None
    sent = request.method == "POST" and not was_switched(request)
    if sent and (form is None or form.is_valid()):
        if chosen is Act.PASSWORD_LINK and not (allowed := seen.count_link(found, now=now)):
            words_ = _("Enough links were sent to this person. Send the next one after %(hour)s.")
            messages.warning(request, words_ % {"hour": hour(allowed.again_at)})
            return redirect("team:person", key=key)
        try:
            perform(
                act=chosen, person_key=found.key, company_key=team.company.key,
                note=form.cleaned_data["note"] if form else "", actor=actor(request), now=now,
            )  # fmt: skip
        except Refused as refusal:
            if chosen is Act.REMOVE_FACTOR and refusal.code in ASKED:
                if refusal.code == "assistance_only":
                    pass_on(request, team, found)
                messages.success(request, str(words.done))
                return redirect("team:person", key=key)
            messages.warning(request, seen.refusal_words(refusal))
        else:
            messages.success(request, str(words.done))
            if chosen is Act.DELETE:
                return redirect("team:people")
        return redirect("team:person", key=key)
    context = {
        "company": team.company, "person": found, "words": words, "form": form, "dangerous": chosen in seen.DANGEROUS
    }  # fmt: skip
    return render(request, "team/act.html", context, status=422 if sent else 200)


@for_plsas
@require_http_methods(["GET", "HEAD", "POST"])
def number(request: HttpRequest, team: Team) -> HttpResponse:
    """What happened to the try whose number a colleague reads out. Another company's number is as unknown as none."""
    form = bind(request, seen.NumberForm)
    sent = form.is_bound and not was_switched(request)
    context: dict[str, Any] = {"form": form, "company": team.company}
    status = 422 if sent else 200
    if sent and form.is_valid():
        who, now = actor(request), clock.now()
        allowed = hit("diagnosis_number", who.key, now=now)
        found = diagnosis_by_number(form.cleaned_data["number"], now) if allowed else None
        reach = reach_of_plsa(team, found.person_key, now) if found is not None and found.person_key else None
        if not allowed:
            form.add_error("number", _("Too many numbers were looked up. Go on after %(hour)s.") % {
                "hour": hour(allowed.again_at)
            })  # fmt: skip
            status = 429
        elif found is None or reach is None:
            form.add_error("number", _("No refused sign-in of your people in the last 24 hours has this number."))
        else:
            read_diagnosis(diagnosis=found, actor=who, now=now)
            context |= {
                "found": seen.refused_try(found),
                "person": reach.person,
                "why": seen.diagnosis(reach.person, team.company, now=now),
            }
            status = 200
    return render(request, "team/number.html", context, status=status)
