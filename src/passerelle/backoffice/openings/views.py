"""Reading openings: the queue, one opening with all that is known, its records."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from passerelle.backoffice.addresses import view_of
from passerelle.backoffice.late import is_late
from passerelle.backoffice.openings.dossier import dossier
from passerelle.backoffice.openings.forms import AgainForm, ApproveForm, QueueForm, SettleForm, VerifyForm
from passerelle.backoffice.words import STATE_KINDS, age
from passerelle.core import clock
from passerelle.core.powers import Verb
from passerelle.opening import queries
from passerelle.opening.actions.records import record_file
from passerelle.opening.enums import PartyRole
from passerelle.opening.models import Opening
from passerelle.opening.queries import Tab
from passerelle.web.access import staff_page
from passerelle.web.forms import PortalForm
from passerelle.web.pagination import numbered
from passerelle.web.requests import actor

TABS: dict[Tab, str | Promise] = {
    Tab.VERIFY: pgettext_lazy("openings", "To verify"),
    Tab.DISPUTE: pgettext_lazy("openings", "In dispute"),
    Tab.PLSA: pgettext_lazy("openings", "PLSA to verify"),
    Tab.WAITING: pgettext_lazy("openings", "Waiting for the representative"),
    Tab.ENDED: pgettext_lazy("openings", "Ended"),
    Tab.ALL: pgettext_lazy("openings", "All"),
}
EMPTY: dict[Tab, str | Promise] = {
    Tab.VERIFY: _("No request waits"),
    Tab.DISPUTE: _("No request is in dispute"),
    Tab.PLSA: _("No PLSA waits to be verified"),
    Tab.WAITING: _("No legal representative is waited for"),
    Tab.ENDED: _("No request has ended yet"),
    Tab.ALL: _("Nobody has asked for access yet"),
}
LATEST_FIRST = frozenset({Tab.ENDED, Tab.ALL})


@staff_page(Verb.SEE_OPENINGS)
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """The queue: one tab, oldest first, searched and sorted by its address."""
    form = QueueForm(request.GET)
    found = form.is_valid()
    tab = form.cleaned_data.get("tab", Tab.VERIFY)
    search = form.cleaned_data.get("q", "") if found else ""
    sort = form.cleaned_data.get("sort", "") or ("newest" if tab in LATEST_FIRST else "oldest")
    now = clock.now()
    page = numbered(request, queries.queue(tab, search=search, sort=sort))
    counts = queries.queue_counts(search=search)
    context = {
        "form": form,
        "tab": tab,
        "tabs": [
            {"name": name, "label": label, "count": counts[name], "url": view_of(request, tab=name.value)}
            for name, label in TABS.items()
        ],
        "rows": [_row(opening, now) for opening in page],
        "page": page,
        "search": search,
        "sort": sort,
        "sorts": {name: view_of(request, sort=name) for name in queries.SORTS},
        "without_search": view_of(request, q=""),
        "empty": EMPTY[tab],
        "waiting": counts[Tab.VERIFY] + counts[Tab.DISPUTE] + counts[Tab.PLSA],
    }
    return render(request, "backoffice/openings/queue.html", context)


def _row(opening: Opening, now: Any) -> dict[str, Any]:
    return {
        "opening": opening,
        "requester": opening.party(PartyRole.REQUESTER),
        "representative": opening.party(PartyRole.REPRESENTATIVE),
        "kind": STATE_KINDS[opening.state],
        "age": age(opening.state_since, now),
        "late": is_late(opening, now),
    }


def load(key: str) -> Opening:
    """The opening of an address, or 404."""
    found = queries.by_key(key)
    if found is None:
        raise Http404
    return found


@staff_page(Verb.SEE_OPENINGS)
@require_safe
def opening(request: HttpRequest, key: str) -> HttpResponse:
    """One opening: people, other claims, objections, checks, history, and the decisions that are open."""
    return show(request, load(key))


def show(request: HttpRequest, opening: Opening, *, status: int = 200, **bound: PortalForm) -> HttpResponse:
    """The page of an opening; `bound` are forms that came back with an error, by their name."""
    forms = {**decision_forms(opening), **bound}
    wrong = next(iter(bound.values()), None)
    context = {**dossier(opening, actor=actor(request), now=clock.now()), **forms, "form": wrong}
    return render(request, "backoffice/openings/opening.html", context, status=status)


def decision_forms(opening: Opening, *, note: str = "") -> dict[str, PortalForm]:
    """A fresh form of each decision, on the opening as it is now; `note` is what somebody had typed already."""
    initial = {"seen": queries.mark(opening), "note": note}
    return {
        "verify_form": VerifyForm(initial=initial, auto_id="verify_%s"),
        "settle_form": SettleForm(initial=initial, auto_id="settle_%s"),
        "approve_form": ApproveForm(initial=initial, auto_id="approve_%s"),
        "again_form": AgainForm(initial=initial, auto_id="again_%s"),
    }


@staff_page(Verb.SEE_OPENINGS)
@require_safe
def record(request: HttpRequest, key: str, record: str, form: str) -> HttpResponse:
    """The record of an acceptance or opening, as a PDF or as JSON (I8)."""
    if form not in {"pdf", "json"} or not load(key).records.filter(key=record).exists():
        raise Http404
    name, content_type, content = record_file(record, form)
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
