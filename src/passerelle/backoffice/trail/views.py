"""The audit trail, newest first, filtered and in pages (B13)."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from passerelle import brand
from passerelle.accounts.models import Person
from passerelle.audit.models import Event
from passerelle.backoffice.history import line
from passerelle.backoffice.trail.forms import TrailForm
from passerelle.core.powers import Verb, may
from passerelle.suppliers.models import Company
from passerelle.web.access import staff_page
from passerelle.web.pagination import keyset
from passerelle.web.requests import actor

SIZE = 50


@staff_page(Verb.SEE_TRAIL)
@require_safe
def trail(request: HttpRequest) -> HttpResponse:
    """Lines of the trail; a company or person is named as far as the actor's powers go."""
    form = TrailForm(request.GET)
    good = form.is_valid()
    rows = Event.objects.filter(_wanted(form.cleaned_data)) if good else Event.objects.none()
    page = keyset(request, rows.select_related("seal"), order=("-at", "-pk"), size=SIZE)
    companies = {row.key: row for row in Company.objects.filter(key__in={event.company_key for event in page})}
    people: dict[str, Person] = {}
    if may(actor(request), Verb.SEE_PEOPLE):
        people = {row.key: row for row in Person.objects.filter(key__in={event.person_key for event in page})}
    context = {
        "form": form,
        "page": page,
        "rows": [
            {
                "line": line(event),
                "company": companies.get(event.company_key),
                "person": people.get(event.person_key),
                "seal": getattr(event, "seal", None),
            }
            for event in page
        ],
        "filtered": any(request.GET.get(name) for name in form.fields),
        "unfiltered": request.path,
    }
    return render(request, "backoffice/trail/list.html", context)


def _wanted(filters: dict[str, Any]) -> Q:
    wanted = Q()
    if filters.get("tag"):
        wanted &= Q(tag=filters["tag"])
    if key := filters.get("company_key"):
        wanted &= Q(company_key=key)
    if key := filters.get("person_key"):
        wanted &= Q(person_key=key) | Q(actor_key=key)
    if key := filters.get("subject_key"):
        wanted &= Q(subject_key=key)
    if day := filters.get("day"):
        start = datetime.combine(day, time.min, tzinfo=brand.current().organisation.time_zone)
        wanted &= Q(at__gte=start, at__lt=start + timedelta(days=1))
    return wanted
