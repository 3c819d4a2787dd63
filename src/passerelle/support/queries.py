"""Reading messages, for the desk."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from passerelle import brand
from passerelle.support.enums import TicketKind, TicketState
from passerelle.support.models import Ticket

_LONGEST_SEARCH = 100


def open_tickets(
    *, kind: TicketKind | str = "", state: TicketState | str = TicketState.OPEN, text: str = ""
) -> QuerySet[Ticket]:
    """Messages that match the filters, each with its company; those that wait are meant unless `state` says otherwise.

    An empty `state` means every state. `text` is a reference, a COFOR, an address, or part of a name or subject. The
    caller orders and cuts a page of it (`received_at`, `pk`): the index of the queue carries both.
    """
    found = Ticket.objects.select_related("company").order_by("received_at", "pk")
    if state:
        found = found.filter(state=state)
    if kind:
        found = found.filter(kind=kind)
    wanted = text.replace("\x00", "").strip()[:_LONGEST_SEARCH]
    return found.filter(_matches(wanted)) if wanted else found


def _matches(text: str) -> Q:
    matches = (
        Q(reference__iexact=text)
        | Q(email__iexact=text)
        | Q(login__iexact=text)
        | Q(subject__icontains=text)
        | Q(company_name__icontains=text)
        | Q(last_name__icontains=text)
        | Q(first_name__icontains=text)
    )
    cofor = brand.current().codes.read_cofor(text)
    return matches | Q(cofor=cofor) | Q(company__cofor=cofor) if cofor else matches


def by_key(key: str) -> Ticket | None:
    """The message of an address, with its company."""
    return Ticket.objects.select_related("company").filter(key=key).first()


def by_reference(reference: str) -> Ticket | None:
    """The message of a reference that somebody reads out."""
    return Ticket.objects.select_related("company").filter(reference=reference.strip().upper()[:20]).first()
