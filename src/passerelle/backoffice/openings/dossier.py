"""Everything a member of the Assistance needs on one page to decide on an opening (B4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from passerelle.audit.models import Event
from passerelle.backoffice.checks import inside
from passerelle.backoffice.history import PLAIN, lines
from passerelle.backoffice.late import is_late
from passerelle.backoffice.mails.lines import of_subject
from passerelle.backoffice.words import STATE_KINDS, age
from passerelle.core.actor import Actor
from passerelle.core.powers import Verb, may
from passerelle.mail.addresses import fold
from passerelle.memberships.models import Access
from passerelle.opening import queries
from passerelle.opening.enums import MOVES, OpeningState, PartyRole, Step
from passerelle.opening.models import Objection, Opening, Party

BESIDE = 4
ELSEWHERE = 20
EVENTS = 40


@dataclass(frozen=True, slots=True)
class Cell:
    """A value of another claim beside this one's; `same` is None where comparing says nothing."""

    value: str
    detail: str = ""
    same: bool | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    label: str | Promise
    claims: list[Opening]
    cells: list[Cell]

    @property
    def pairs(self) -> list[tuple[Opening, Cell]]:
        return list(zip(self.claims, self.cells, strict=True))


@dataclass(frozen=True, slots=True)
class Raised:
    """An objection, and whether the mailbox it came from is on record for the company."""

    objection: Objection
    known: bool


def dossier(opening: Opening, *, actor: Actor, now: datetime) -> dict[str, Any]:
    """The context of the page of an opening; what the actor may not see is not read either."""
    prefetch_related_objects([opening.company], "contacts", "email_domains")
    see_people = may(actor, Verb.SEE_PEOPLE)
    analysis, checks = inside(opening.company, site=opening.site_code, with_names=True, now=now)
    others = list(queries.beside(opening)[: BESIDE + 1])
    contacts = {contact.email_key for contact in opening.company.contacts.all()}
    objections = [Raised(objection, fold(objection.by_email) in contacts) for objection in opening.objections.all()]
    unsettled = [row for row in objections if row.objection.settled_at is None]
    return {
        "opening": opening,
        "company": opening.company,
        "kind": STATE_KINDS[opening.state],
        "waited": age(opening.state_since, now),
        "late": is_late(opening, now),
        "analysis": analysis,
        "checks": checks,
        "mailboxes": queries.mailboxes(opening),
        "see_people": see_people,
        "claims": [opening, *others[:BESIDE]],
        "more_claims": len(others) > BESIDE,
        "comparison": compare(opening, others[:BESIDE]) if others else [],
        "elsewhere": queries.same_people(opening)[:ELSEWHERE],
        "objections": objections,
        "records": opening.records.order_by("-made_at"),
        "access": Access.objects.filter(company=opening.company).first(),
        "history": lines(_events(opening), without=PLAIN) if may(actor, Verb.SEE_TRAIL) else None,
        "mails": of_subject(opening.key) if may(actor, Verb.SEE_MAILS) else None,
        "may_see_mails": may(actor, Verb.SEE_MAILS),
        **powers(opening, bool(unsettled), actor),
        "now": now,
    }


def powers(opening: Opening, unsettled: bool, actor: Actor) -> dict[str, bool]:
    """The buttons: the table of states says what can be done now, the table of powers who may do it."""
    decides = may(actor, Verb.DECIDE_OPENINGS)
    state = OpeningState(opening.state)
    person = opening.plsa_person
    return {
        "decides": decides,
        "can_verify": decides and Step.VERIFY in MOVES[state],
        "can_refuse": decides and Step.REFUSE in MOVES[state],
        "can_send_again": decides and state in {OpeningState.AWAITING, OpeningState.TERMS_REFUSED},
        "can_approve": decides and state is OpeningState.HELD,
        "can_settle": decides and unsettled and state in {OpeningState.DISPUTED, OpeningState.OPEN},
        "can_activate": decides and state is OpeningState.OPEN and person is not None and person.activated_at is None,
        "can_suspend": state is OpeningState.OPEN and may(actor, Verb.SUSPEND_ACCESS),
    }


def _events(opening: Opening) -> Any:
    return Event.objects.filter(subject_key=opening.key).order_by("-at", "-pk")[:EVENTS]


def compare(opening: Opening, others: list[Opening]) -> list[Comparison]:
    """Claims on the same company, one row a fact; each value of another claim says whether it differs from this one."""
    claims = [opening, *others]
    rows = [
        (_("State"), [Cell(str(OpeningState(claim.state).label)) for claim in claims]),
        *((role.label, _people([_party(claim, role) for claim in claims])) for role in PartyRole),
        (_("Site code"), _plain([claim.site_code for claim in claims])),
        (_("Network address of the request"), _plain([claim.requested_from for claim in claims])),
        (_("Objections"), [Cell(str(len(claim.objections.all()))) for claim in claims]),
    ]
    return [Comparison(label, claims, cells) for label, cells in rows]


def _party(opening: Opening, role: PartyRole) -> Party | None:
    return next((party for party in opening.parties.all() if party.role == role), None)


def _people(parties: list[Party | None]) -> list[Cell]:
    first = parties[0]
    cells = []
    for place, party in enumerate(parties):
        same = party.email_key == first.email_key if place and party and first else None
        cells.append(Cell(party.full_name, party.email, same) if party else Cell(""))
    return cells


def _plain(values: list[str]) -> list[Cell]:
    return [Cell(value, same=value == values[0] if place and value else None) for place, value in enumerate(values)]
