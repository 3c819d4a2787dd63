"""Messages to the Assistance: the queue, one message with its context, closing and reopening (G4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from passerelle.accounts.models import Person
from passerelle.audit.models import Event
from passerelle.backoffice.addresses import view_of
from passerelle.backoffice.history import PLAIN, lines
from passerelle.backoffice.late import is_late
from passerelle.backoffice.mails.lines import of_subject
from passerelle.backoffice.support.forms import TicketsForm
from passerelle.backoffice.words import LOGIN_KINDS, STANDS, age, name_of
from passerelle.core import clock
from passerelle.core.errors import Refused
from passerelle.core.powers import Verb, may
from passerelle.entry.actions import recovery
from passerelle.memberships.models import Membership
from passerelle.opening.enums import Reason
from passerelle.opening.queries import analyse
from passerelle.opening.rules import words_for
from passerelle.support import actions, queries
from passerelle.support.enums import TicketState
from passerelle.support.models import Ticket
from passerelle.web import dates
from passerelle.web.access import staff_page
from passerelle.web.pagination import numbered
from passerelle.web.requests import actor

OTHERS = 10


@staff_page(Verb.SEE_TICKETS)
@require_safe
def tickets(request: HttpRequest) -> HttpResponse:
    """The queue of messages: open ones oldest first, others newest first."""
    form = TicketsForm(request.GET)
    form.is_valid()
    wanted = form.cleaned_data
    state, search = wanted.get("state", TicketState.OPEN.value), wanted.get("q", "")
    rows = queries.open_tickets(kind=wanted.get("kind", ""), state="" if state == "all" else state, text=search)
    if state != TicketState.OPEN:
        rows = rows.order_by("-received_at", "-pk")
    page, now = numbered(request, rows), clock.now()
    labels = {
        "open": pgettext("messages", "Open"),
        "closed": pgettext("messages", "Closed"),
        "all": pgettext("messages", "All"),
    }
    context = {
        "form": form,
        "state": state,
        "filtered": bool(search or wanted.get("kind")),
        "tabs": [{"name": name, "label": label, "url": view_of(request, state=name)} for name, label in labels.items()],
        "rows": [
            {"ticket": ticket, "age": age(ticket.received_at, now), "late": is_late(ticket, now)} for ticket in page
        ],
        "page": page,
        "unfiltered": view_of(request, q="", kind=""),
    }
    return render(request, "backoffice/tickets/queue.html", context)


def _load(key: str) -> Ticket:
    found = queries.by_key(key)
    if found is None:
        raise Http404
    return found


@staff_page(Verb.SEE_TICKETS)
@require_safe
def ticket(request: HttpRequest, key: str) -> HttpResponse:
    """One message: what was written, what the person saw, the company's standing, the login, and what came before."""
    ticket, who, now = _load(key), actor(request), clock.now()
    context = {
        "ticket": ticket,
        "company": ticket.company,
        "age": age(ticket.received_at, now),
        "late": is_late(ticket, now),
        "answers": may(who, Verb.ANSWER_TICKETS),
        "mailto": _mailto(ticket),
        "saw": _what_they_saw(ticket),
        "stands": STANDS[analyse(ticket.company.cofor, now=now).reason] if ticket.company else "",
        "person": _person(ticket) if may(who, Verb.SEE_PEOPLE) else None,
        "contacts_for": _member(ticket) if may(who, Verb.MANAGE_PEOPLE) else None,
        "others": _others(ticket),
        "history": lines(_events(ticket), without=PLAIN) if may(who, Verb.SEE_TRAIL) else None,
        "mails": of_subject(ticket.key) if may(who, Verb.SEE_MAILS) else None,
    }
    return render(request, "backoffice/tickets/ticket.html", context)


def _mailto(ticket: Ticket) -> str:
    """An answer in one's own mail program, with the reference in its subject."""
    subject = _("Re: %(subject)s [%(reference)s]") % {"subject": ticket.subject, "reference": ticket.reference}
    return f"mailto:{quote(ticket.email, safe='@')}?subject={quote(subject)}"


def _what_they_saw(ticket: Ticket) -> Any:
    reason = str(ticket.context.get("reason", ""))
    return words_for(Reason(reason)).title if reason in Reason.values else ""


def _person(ticket: Ticket) -> dict[str, Any] | None:
    """The person behind the message: who was signed in, else whoever holds the login that was typed."""
    people = Person.objects.order_by("pk")
    if ticket.person_key:
        person = people.filter(key=ticket.person_key).first()
    else:
        person = people.filter(login_key=ticket.login.strip().upper()).first() if ticket.login else None
    return {"person": person, "kind": LOGIN_KINDS[person.state]} if person else None


def _member(ticket: Ticket) -> Person | None:
    """Who can be sent the PLSAs' contact details: the login behind the message, if it is one of that company (D9)."""
    found = _person(ticket)
    if found is None or ticket.company is None:
        return None
    person: Person = found["person"]
    here = Membership.objects.filter(person=person, company=ticket.company, ended_at__isnull=True)
    return person if here.exists() else None


@staff_page(Verb.MANAGE_PEOPLE)
@require_POST
def contacts(request: HttpRequest, key: str) -> HttpResponse:
    """Send the PLSAs' contact details in one act, to the address registered for the login and nowhere else (D9)."""
    ticket = _load(key)
    person = _member(ticket)
    if person is None or ticket.company is None:
        raise Http404
    try:
        recovery.send_plsa_contacts(
            company_key=ticket.company.key, login=person.login, actor=actor(request), now=clock.now()
        )  # fmt: skip
    except Refused as refusal:
        if refusal.code == "no_power":
            raise PermissionDenied from refusal
        messages.warning(request, _("Nothing was sent: the company has no PLSA who could be written to."))
    else:
        words = _("The contact details of the PLSAs are on their way to the address registered for %(login)s.")
        messages.success(request, words % {"login": person.login})
    return redirect("desk:ticket", key=key)


def _others(ticket: Ticket) -> list[Ticket]:
    """Other messages of the same sender or about the same company, newest first."""
    same = Q(email__iexact=ticket.email)
    if ticket.company_id:
        same |= Q(company=ticket.company_id)
    return list(Ticket.objects.filter(same).exclude(pk=ticket.pk).order_by("-received_at", "-pk")[:OTHERS])


def _events(ticket: Ticket) -> Any:
    return Event.objects.filter(subject_key=ticket.key).order_by("-at", "-pk")[:OTHERS]


@staff_page(Verb.ANSWER_TICKETS)
@require_POST
def close(request: HttpRequest, key: str) -> HttpResponse:
    """Close a message that was answered."""
    return _move(request, key, actions.close, _("The message is closed."))


@staff_page(Verb.ANSWER_TICKETS)
@require_POST
def reopen(request: HttpRequest, key: str) -> HttpResponse:
    """Take a closed message up again."""
    return _move(request, key, actions.reopen, _("The message is open again."))


def _move(request: HttpRequest, key: str, act: Callable[..., Ticket], done: str) -> HttpResponse:
    """A message that somebody else moved meanwhile is shown as it is, with who did it and when."""
    ticket, who = _load(key), actor(request)
    try:
        act(key=key, actor=who, now=clock.now())
    except Refused as refusal:
        if refusal.code == "no_power":
            raise PermissionDenied from refusal
        if refusal.code == "ticket_unknown":
            raise Http404 from refusal
        messages.info(request, _already(ticket))
    else:
        messages.success(request, done)
    return redirect("desk:ticket", key=key)


def _already(ticket: Ticket) -> str:
    ticket.refresh_from_db()
    if ticket.state == TicketState.CLOSED and ticket.closed_at:
        facts = {"name": name_of(ticket.closed_by), "when": dates.when(ticket.closed_at)}
        return _("The message was closed already by %(name)s on %(when)s.") % facts
    return _("The message is open already.")
