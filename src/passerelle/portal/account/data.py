"""Everything the portal holds about a person, as one file for them. No hash, no secret, nobody else's name."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from passerelle.accounts import queries
from passerelle.accounts.models import Person
from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.core import clock
from passerelle.entry.models import Draft
from passerelle.mail.models import Message
from passerelle.mail.render import subject
from passerelle.memberships.models import Membership
from passerelle.opening.models import Party
from passerelle.portal.account.overview import person_of
from passerelle.support.models import Ticket
from passerelle.terms.models import PersonAcceptance
from passerelle.web.proof import fresh_proof

_OF_PERSON = (
    "login", "kind", "email", "first_name", "last_name", "phone", "function", "language", "state", "state_since",
    "state_reason", "created_at", "activated_at", "last_sign_in_at", "password_changed_at", "previous_password_at",
    "must_change_since", "temporary_until", "expiry_reminded_days", "unused_warned_at",
)  # fmt: skip


@fresh_proof
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What the file holds, and the button that takes it."""
    return render(request, "account/data.html")


@fresh_proof
@require_safe
def download(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    answer = JsonResponse(_everything(person), json_dumps_params={"indent": 2, "ensure_ascii": False})
    answer["Content-Disposition"] = f'attachment; filename="my-data-{person.login}.json"'
    return answer


def _everything(person: Person) -> dict[str, Any]:
    now = clock.now()
    return {
        "made_at": now,
        "person": {name: getattr(person, name) for name in _OF_PERSON} | {"staff_roles": sorted(person.role_names)},
        "email_changes": list(
            person.email_changes.order_by("asked_at").values(
                "email", "asked_at", "effective_at", "expires_at", "old_confirmed_at", "new_confirmed_at", "done_at",
                "cancelled_at",
            )
        ),
        "second_factors": list(
            person.second_factors.order_by("created_at").values("kind", "name", "created_at", "last_used_at")
        ),
        "recovery_codes": list(person.recovery_codes.order_by("pk").values("created_at", "used_at")),
        "removals_of_second_factor": list(
            person.factor_removals.order_by("asked_at").values("asked_at", "effective_at", "cancelled_at", "done_at")
        ),
        "memberships": [_membership(row) for row in _memberships(person)],
        "terms_accepted": [_acceptance(row) for row in _acceptances(person)],
        "sessions": [
            {"device": row.device, "address": row.address, "signed_in_at": row.created_at, "last_used_at":
             row.last_seen_at}
            for row in queries.living_sessions(person, now)
        ],
        "activity": [_event(event, person) for event in _events(person)],
        "named_in_openings": [_party(row) for row in _parties(person)],
        "forms_kept_for_you": list(
            Draft.objects.filter(person_key=person.key).order_by("pk").values(
                "path", "fields", "created_at", "expires_at"
            )
        ),
        "messages_to_the_assistance": list(
            Ticket.objects.filter(person_key=person.key).order_by("received_at").values(
                "reference", "kind", "state", "received_at", "first_name", "last_name", "email", "phone", "login",
                "cofor", "company_name", "identifiers", "postcode", "subject", "comments", "closed_at",
            )
        ),
        "messages_sent_to_you": [_message(row) for row in _messages(person)],
    }  # fmt: skip


def _memberships(person: Person) -> list[Membership]:
    rows = Membership.objects.filter(person=person).select_related("company").prefetch_related("mandates")
    return list(rows.order_by("started_at", "pk"))


def _membership(row: Membership) -> dict[str, Any]:
    return {
        "company": row.company.name,
        "cofor": row.company.cofor,
        "started_at": row.started_at,
        "ended_at": row.ended_at,
        "mandates": [
            {"kind": mandate.kind, "state": mandate.state, "starts_at": mandate.starts_at, "ends_at": mandate.ends_at}
            for mandate in row.mandates.all()
        ],
    }


def _acceptances(person: Person) -> list[PersonAcceptance]:
    rows = PersonAcceptance.objects.filter(person=person).select_related("version", "text")
    return list(rows.order_by("accepted_at"))


def _acceptance(row: PersonAcceptance) -> dict[str, Any]:
    return {
        "version": row.version.number,
        "title": row.text.title,
        "language": row.language,
        "accepted_at": row.accepted_at,
        "address": row.address,
        "text_sha256": row.text_sha256,
    }


def _events(person: Person) -> list[Event]:
    about = Q(person_key=person.key) | Q(subject_key=person.key) | Q(actor_key=person.key)
    return list(Event.objects.filter(about).order_by("at", "pk"))


def _event(event: Event, person: Person) -> dict[str, Any]:
    """A line of the trail. Of others who acted on this login only their kind is told, not their name or address."""
    own = event.actor_key == person.key
    strangers = event.actor_kind == "visitor"
    return {
        "at": event.at,
        "what": event.tag,
        "by": "you" if own else event.actor_kind,
        "address": event.address if own or strangers else "",
        "reason": event.new.get("reason", ""),
    }


def _parties(person: Person) -> list[Party]:
    rows = Party.objects.filter(email_key=person.email_key).select_related("opening__company")
    return list(rows.order_by("opening__requested_at", "pk"))


def _party(row: Party) -> dict[str, Any]:
    return {
        "reference": row.opening.reference,
        "company": row.opening.company.name,
        "requested_at": row.opening.requested_at,
        "role": row.role,
        "first_name": row.first_name,
        "last_name": row.last_name,
        "email": row.email,
        "phone": row.phone,
        "function": row.function,
    }


def _messages(person: Person) -> list[Message]:
    """What was sent to the person: mails about them that went to others hold the addresses of those."""
    former = Q(person_key=person.key, to_address__in=_former_addresses(person))
    return list(Message.objects.filter(former | Q(to_address=person.email)).order_by("queued_at", "pk"))


def _former_addresses(person: Person) -> list[str]:
    changes = Event.objects.filter(tag=Tag.EMAIL_CHANGED, subject_key=person.key)
    return [event.old["email"] for event in changes]


def _message(row: Message) -> dict[str, Any]:
    return {
        "subject": subject(row),
        "kind": row.kind,
        "to": row.to_address,
        "queued_at": row.queued_at,
        "sent_at": row.sent_at,
    }
