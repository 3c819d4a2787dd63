"""People at the desk: found, looked at, explained, acted upon (B7, D3, I5)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from passerelle.accounts.enums import Lifter, PersonKind
from passerelle.accounts.models import Person, SecondFactor
from passerelle.audit.models import Event
from passerelle.backoffice.addresses import view_of
from passerelle.backoffice.history import lines
from passerelle.backoffice.mails.lines import of_person
from passerelle.backoffice.people.forms import PeopleForm
from passerelle.backoffice.people.search import search
from passerelle.core import clock
from passerelle.core.actor import Actor
from passerelle.core.powers import Verb, may
from passerelle.entry.models import Diagnosis
from passerelle.entry.queries.people import email_asked_for, reach_of_staff, removal_of
from passerelle.entry.rules.people import Reach
from passerelle.memberships.models import Mandate, Membership
from passerelle.memberships.rules import mandate_in_force
from passerelle.web import acts
from passerelle.web import people as seen
from passerelle.web.access import staff_page
from passerelle.web.pagination import Page, keyset
from passerelle.web.proof import fresh_proof
from passerelle.web.requests import actor

FEW = 20


def _known_to(who: Actor) -> QuerySet[Person]:
    """The people whose logins this member of staff may see: of companies, and with a power of its own of the group."""
    everybody = Person.objects.all()
    return everybody if may(who, Verb.MANAGE_STAFF) else everybody.filter(kind=PersonKind.SUPPLIER)


def _load(request: HttpRequest, key: str) -> Person:
    found = _known_to(actor(request)).filter(key=key).first()
    if found is None:
        raise Http404
    return found


def _reach(request: HttpRequest, person: Person) -> Reach:
    found = reach_of_staff(actor(request), person, clock.now())
    if found is None:
        raise PermissionDenied
    return found


@staff_page(Verb.SEE_PEOPLE)
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """The newest logins, or those that a text names, best first."""
    form = PeopleForm(request.GET)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    known = _known_to(actor(request))
    page = _found(request, known, text) if text else keyset(request, _with_facts(known), order=("-pk",))
    now = clock.now()
    context = {
        "form": form,
        "page": page,
        "rows": [_row(person, now) for person in page],
        "text": text,
        "unfiltered": request.path,
        "number_form": seen.NumberForm(auto_id="number_%s"),
    }
    return render(request, "backoffice/people/list.html", context)


def _with_facts(people: QuerySet[Person]) -> QuerySet[Person]:
    living = Membership.objects.filter(ended_at__isnull=True).select_related("company").order_by("company__name")
    return people.annotate(has_factor=Exists(SecondFactor.objects.filter(person=OuterRef("pk")))).prefetch_related(
        Prefetch("memberships", queryset=living, to_attr="living")
    )


def _found(request: HttpRequest, known: QuerySet[Person], text: str) -> Page:
    asked = request.GET.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) <= 4 else 1
    results = search(known, text, page=number)
    by_pk = {person.pk: person for person in _with_facts(known.filter(pk__in=results.found))}
    return Page(
        [by_pk[pk] for pk in results.found if pk in by_pk],
        previous_url=view_of(request, page=str(results.page - 1)) if results.page > 1 else "",
        next_url=view_of(request, page=str(results.page + 1)) if results.more else "",
    )


def _row(person: Any, now: datetime) -> dict[str, Any]:
    reach = Reach(person=person, by=Lifter.ASSISTANCE, has_factor=person.has_factor)
    return {"person": person, "companies": person.living, "status": seen.status(reach, now=now)}


@staff_page(Verb.SEE_PEOPLE)
@require_safe
def person(request: HttpRequest, key: str) -> HttpResponse:
    """All that is known of one login, why it can or cannot enter, and what can be done about it."""
    found, who, now = _load(request, key), actor(request), clock.now()
    reach = reach_of_staff(who, found, now)
    context = seen.facts(reach or Reach(person=found, by=Lifter.ASSISTANCE), None, now=now)
    context |= {
        "memberships": _memberships(found, now),
        "removal": removal_of(found),
        "change": email_asked_for(found, now),
        "is_self": who.key == found.key,
        "mails": of_person(found.key) if may(who, Verb.SEE_MAILS) else None,
        "history": lines(_events(found)) if may(who, Verb.SEE_TRAIL) else None,
    }
    if reach is None:
        context["offers"] = []
    return render(request, "backoffice/people/person.html", context)


def _memberships(person: Person, now: datetime) -> list[Membership]:
    """Every company of the person, those of today first, with the mandate that counts."""
    mandates = Mandate.objects.filter(mandate_in_force(now), membership=OuterRef("pk"))
    rows = Membership.objects.filter(person=person).select_related("company").annotate(is_plsa=Exists(mandates))
    return sorted(rows.order_by("company__name", "pk")[:FEW], key=lambda row: row.ended_at is not None)


def _events(person: Person) -> QuerySet[Event]:
    return Event.objects.filter(Q(person_key=person.key) | Q(actor_key=person.key)).order_by("-at", "-pk")[:FEW]


@staff_page(Verb.MANAGE_PEOPLE)
@fresh_proof
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, key: str, name: str) -> HttpResponse:
    """One act on a login: what it means, then the act itself."""
    reach = _reach(request, _load(request, key))
    return acts.act_page(request, name, reach, page="desk:person", template="backoffice/people/act.html")


@staff_page(Verb.SEE_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def number(request: HttpRequest) -> HttpResponse:
    """What happened to the try whose number a caller reads out, unless it is about a login that is not shown."""
    known = _known_to(actor(request))

    def reader(found: Diagnosis) -> tuple[bool, Person | None]:
        person = known.filter(key=found.person_key).first() if found.person_key else None
        return person is not None or not found.person_key, person

    unknown = _("No refused sign-in of the last 24 hours has this number. Check the digits.")
    return seen.number_page(request, template="backoffice/people/number.html", reader=reader, unknown=unknown)
