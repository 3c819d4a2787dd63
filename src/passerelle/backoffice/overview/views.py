"""The first page of the desk: what waits for me, oldest first (B1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from passerelle.backoffice.late import is_late, openings_late_before, tickets_late_before
from passerelle.backoffice.words import STATE_KINDS, Words, age
from passerelle.core import clock
from passerelle.core.actor import Actor
from passerelle.core.powers import Verb, may
from passerelle.opening import queries
from passerelle.opening.enums import OpeningState
from passerelle.opening.queries import Tab
from passerelle.support.models import Ticket
from passerelle.support.queries import open_tickets
from passerelle.web.access import staff_page
from passerelle.web.navigation import ROLES
from passerelle.web.requests import actor

FEW = 5
MINE: tuple[Tab, ...] = (Tab.VERIFY, Tab.DISPUTE, Tab.PLSA)
STATES = {Tab.VERIFY: OpeningState.TO_VERIFY, Tab.DISPUTE: OpeningState.DISPUTED, Tab.PLSA: OpeningState.HELD}


# Every role of the group's staff sees companies, so this is the power everybody at the desk holds.
@staff_page(Verb.SEE_COMPANIES)
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Figures with the age of the oldest, then the oldest of each queue; only what the person may see."""
    who, now = actor(request), clock.now()
    context = {
        "figures": [*_openings(who, now), *_tickets(who, now)],
        "queue": _oldest_openings(now) if may(who, Verb.SEE_OPENINGS) else [],
        "tickets": _oldest_tickets(now) if may(who, Verb.SEE_TICKETS) else [],
        "sees_openings": may(who, Verb.SEE_OPENINGS),
        "sees_tickets": may(who, Verb.SEE_TICKETS),
        "roles": [ROLES[role] for role in sorted(who.roles) if role in ROLES],
    }
    return render(request, "backoffice/overview.html", context)


def _figure(
    label: Words, count: int, url: str, since: datetime | None, now: datetime, *, late: int = 0
) -> dict[str, Any]:
    oldest = _("the oldest for %(age)s") % {"age": age(since, now)} if since and count else _("nothing waits")
    words = ngettext("%(count)d late", "%(count)d late", late) % {"count": late} if late else ""
    return {"label": label, "count": count, "url": url, "oldest": oldest, "late": words}


def _openings(who: Actor, now: datetime) -> list[dict[str, Any]]:
    if not may(who, Verb.SEE_OPENINGS):
        return []
    counts, late = queries.queue_counts(), queries.waiting_since_before(openings_late_before(now))
    labels = {
        Tab.VERIFY: _("Requests to verify"),
        Tab.DISPUTE: _("Requests in dispute"),
        Tab.PLSA: _("PLSAs to verify"),
    }
    address = reverse("desk:openings")
    return [
        _figure(
            labels[tab],
            counts[tab],
            f"{address}?tab={tab}",
            queries.oldest(tab) if counts[tab] else None,
            now,
            late=late.get(STATES[tab], 0),
        )
        for tab in MINE
    ]


def _tickets(who: Actor, now: datetime) -> list[dict[str, Any]]:
    if not may(who, Verb.SEE_TICKETS):
        return []
    waiting = open_tickets()
    first = waiting.first()
    since = first.received_at if first else None
    count = waiting.count() if first else 0
    late = waiting.filter(received_at__lt=tickets_late_before(now)).count() if first else 0
    return [_figure(_("Messages open"), count, reverse("desk:tickets"), since, now, late=late)]


def _oldest_openings(now: datetime) -> list[dict[str, Any]]:
    rows = [opening for tab in MINE for opening in queries.queue(tab)[:FEW]]
    rows.sort(key=lambda opening: opening.state_since)
    return [
        {
            "opening": opening,
            "kind": STATE_KINDS[opening.state],
            "age": age(opening.state_since, now),
            "late": is_late(opening, now),
        }
        for opening in rows[:FEW]
    ]


def _oldest_tickets(now: datetime) -> list[dict[str, Any]]:
    rows: list[Ticket] = list(open_tickets()[:FEW])
    return [{"ticket": row, "age": age(row.received_at, now), "late": is_late(row, now)} for row in rows]
