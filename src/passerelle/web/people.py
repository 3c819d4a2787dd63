"""People as a PLSA and the Assistance see them: the same facts, in the same words, at both doors (see acts.py too).

What a PLSA reads never tells whether another company counts on a login.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from passerelle.accounts.enums import Lifter, LoginState, StateReason
from passerelle.accounts.models import Person
from passerelle.accounts.queries import living_sessions
from passerelle.accounts.rules import lifters_of, may_keep_password
from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.core import clock
from passerelle.core.actor import ActorKind
from passerelle.entry.actions.diagnosis import read_diagnosis
from passerelle.entry.models import Diagnosis
from passerelle.entry.queries import diagnosis_by_number
from passerelle.entry.queries.people import chain_of
from passerelle.entry.rules.diagnosis import Chain, Link, explain, obstacles
from passerelle.entry.rules.people import Act, Reach, may_do
from passerelle.limits.check import hit
from passerelle.suppliers.models import Company
from passerelle.web import credentials
from passerelle.web.acts import Words, offers
from passerelle.web.dates import hour
from passerelle.web.forms import PortalForm, bind, was_switched
from passerelle.web.requests import actor


def facts(reach: Reach, company: Company | None, *, now: datetime) -> dict[str, Any]:
    """What the page of a person shows at either door. For a PLSA, `company` is the one acted for."""
    person, sessions = reach.person, sessions_of(reach, now)
    return {
        "person": person,
        "status": status_for(company, reach, now=now) if company else status(reach, now=now),
        "note": note_of(person, company),
        "lifters": lifter_words(reach),
        "why": diagnosis(person, company, now=now),
        "factors": factors_of(person),
        "sessions": sessions,
        "offers": offers(reach, sessions=sessions.count),
        "is_self": reach.is_self,
    }


class NumberForm(PortalForm):
    """The number that a page showed after a refused sign-in, read out in two halves."""

    number = forms.CharField(
        label=gettext_lazy("Diagnosis number"),
        help_text=gettext_lazy("The 8 digits that the page showed. They hold for 24 hours."),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Type the 8 digits of the diagnosis number")},
    )


# ---------------------------------------------------------------- states


@dataclass(frozen=True, slots=True)
class Status:
    """Where a login stands, as one tag: since when, why, by whom."""

    label: str
    kind: str
    since: datetime | None = None
    why: str = ""
    by: str = ""


_KINDS = {
    LoginState.ACTIVE: "ok",
    LoginState.SUSPENDED: "warn",
    LoginState.BLOCKED: "err",
    LoginState.DELETED: "mute",
}


def status(reach: Reach, *, now: datetime) -> Status:
    """The state of a login, or what else keeps it from being used."""
    person, membership = reach.person, reach.membership
    if membership is not None and membership.ended_at is not None:
        return Status(str(LoginState.SUSPENDED.label), "warn", membership.ended_at, str(StateReason.BY_PLSA.label))
    if reach.state is not LoginState.ACTIVE:
        why = str(StateReason(person.state_reason).label) if person.state_reason else ""
        by = person.state_by if reach.by is Lifter.ASSISTANCE else ""
        return Status(str(reach.state.label), _KINDS[reach.state], person.state_since, why, by)
    if person.activated_at is None:
        return Status(_("No password chosen yet"), "info", person.created_at)
    keeps = may_keep_password(person, has_factor=reach.has_factor, now=now)
    if not keeps:
        expired = keeps.reason == "password_expired"
        label = _("Password expired") if expired else _("Password to be changed")
        return Status(label, "warn", keeps.since)
    return Status(str(LoginState.ACTIVE.label), "ok", person.state_since)


def status_for(company: Company, reach: Reach, *, now: datetime) -> Status:
    """The state of a login as a PLSA of this company reads it: a colleague who acted for the company is named, a member
    of staff is the Assistance, and whoever acted for another company is nobody."""
    found = status(reach, now=now)
    if reach.state is LoginState.ACTIVE or reach.suspended_here:
        return found
    rows = Event.objects.filter(person_key=reach.person.key, tag=Tag.LOGIN_STATE_CHANGED.value)
    last = rows.order_by("-at", "-pk").first()
    if last is None:
        return found
    if last.actor_kind == ActorKind.STAFF:
        return replace(found, by=_("the Assistance"))
    return replace(found, by=last.actor_name) if last.company_key == company.key else found


def lifter_words(reach: Reach) -> list[str]:
    """Who can make the login active again, as sentences; none for an active one."""
    if reach.suspended_here:
        return [str(credentials.LIFTERS[Lifter.PLSA])]
    found = lifters_of(reach.person)
    if reach.by is Lifter.PLSA and not may_do(Act.LIFT, reach):
        found -= {Lifter.PLSA}
    return [str(credentials.LIFTERS[lifter]) for lifter in Lifter if lifter in found]


def note_of(person: Person, company: Company | None) -> str:
    """The reason that was typed for the present state. A PLSA reads those written for the own company only."""
    tags = (Tag.LOGIN_STATE_CHANGED.value, Tag.MEMBERSHIP_ENDED.value)
    rows = Event.objects.filter(person_key=person.key, tag__in=tags).order_by("-at", "-pk")
    last = rows.first()
    if last is None or (company is not None and last.company_key != company.key):
        return ""
    return str(last.new.get("note", ""))


@dataclass(frozen=True, slots=True)
class Sessions:
    """How many sessions are open, and the instant one was last used."""

    count: int
    last_seen_at: datetime | None


def sessions_of(reach: Reach, now: datetime) -> Sessions:
    """The open sessions of a person. A PLSA counts those for the own company: of a login that another company counts
    on, the ones that chose this company, and otherwise all."""
    rows = living_sessions(reach.person, now)
    if reach.for_company_only and reach.membership is not None:
        rows = [row for row in rows if row.company_key == reach.membership.company.key]
    return Sessions(len(rows), rows[0].last_seen_at if rows else None)


def factors_of(person: Person) -> list[str]:
    """The kinds of second factor a person has, each once; never their names, which the person chose."""
    kinds = sorted({factor.kind: factor.get_kind_display() for factor in person.second_factors.order_by("pk")}.items())
    return [label for _kind, label in kinds]


# ---------------------------------------------------------------- why not


@dataclass(frozen=True, slots=True)
class Line:
    """One link of a diagnosis in words."""

    name: str
    holds: bool
    says: list[str]
    after: list[str]


@dataclass(frozen=True, slots=True)
class Why:
    """Every link of a diagnosis, and the first that keeps the login out, if one does."""

    lines: list[Line]
    obstacle: Line | None


def diagnosis(person: Person | None, company: Company | None, *, now: datetime) -> Why:
    """Why somebody can or cannot sign in, link by link, by the functions that authorise (I5)."""
    chain = chain_of(person, company, now) if person is not None else Chain()
    links = explain(person, chain, now=now)
    keeping_out = obstacles(links)
    return Why([_line(link) for link in links], _line(keeping_out[0]) if keeping_out else None)


def _line(link: Link) -> Line:
    name = str(credentials.LINKS[link.name])
    if link.company:
        name = _("%(link)s – %(company)s") % {"link": name, "company": link.company}
    says = [credentials.sentence(link), credentials.since_words(link), credentials.reason_words(link)]
    return Line(name, bool(link.verdict), [part for part in says if part], credentials.next_words(link))


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refused try as its number tells it."""

    number: str
    door: str
    at: datetime
    says: str
    login: str
    browser: str
    paused_until: datetime | None


def refused_try(found: Diagnosis) -> Refusal:
    return Refusal(
        number=credentials.read_aloud(found.number),
        door=str(credentials.DOORS.get(found.door, found.door)),
        at=found.at,
        says=credentials.refusal_sentence(found),
        login=found.login_key,
        browser=str(_BROWSERS[found.known_device]),
        paused_until=found.paused_until,
    )


_BROWSERS: dict[bool, Words] = {
    True: pgettext_lazy("where a sign-in was refused", "a browser the login knows"),
    False: pgettext_lazy("where a sign-in was refused", "a browser the login does not know"),
}


def number_page(
    request: HttpRequest,
    *,
    template: str,
    reader: Callable[[Diagnosis], tuple[bool, Person | None]],
    unknown: Words,
    company: Company | None = None,
) -> HttpResponse:
    """What happened to the try whose number was read out. Looking it up stands in the trail.

    `reader` tells whether who asks may know of a try, and whose it was; `unknown` is said of all others alike.
    """
    form, who, now = bind(request, NumberForm), actor(request), clock.now()
    sent = form.is_bound and not was_switched(request)
    context: dict[str, Any] = {"form": form, "company": company}
    status = 422 if sent else 200
    if sent and form.is_valid():
        allowed = hit("diagnosis_number", who.key, now=now)
        found = diagnosis_by_number(form.cleaned_data["number"], now) if allowed else None
        known, person = reader(found) if found is not None else (False, None)
        if not allowed:
            form.add_error("number", _("Too many numbers were looked up. Go on after %(hour)s.") % {
                "hour": hour(allowed.again_at)
            })  # fmt: skip
            status = 429
        elif found is None or not known:
            form.add_error("number", str(unknown))
        else:
            read_diagnosis(diagnosis=found, actor=who, now=now)
            context |= {
                "found": refused_try(found),
                "person": person,
                "why": diagnosis(person, company, now=now) if person or found.reason == "unknown" else None,
            }
            status = 200
    return render(request, template, context, status=status)
