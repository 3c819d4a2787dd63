"""Lines of the trail in words: what happened, who did it, with the values that changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from passerelle.accounts.enums import LoginState, PersonKind
from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.backoffice.words import LOGIN_REASONS, Words
from passerelle.core.actor import ActorKind
from passerelle.memberships.enums import MandateState
from passerelle.opening.enums import Basis, OpeningKind, OpeningState, RefusalReason
from passerelle.opening.models import RecordStage
from passerelle.support.enums import TicketKind, TicketState
from passerelle.web import dates

TITLES: dict[str, Words] = {
    Tag.COMPANY_REGISTERED: gettext_lazy("Company entered into the Suppliers Database"),
    Tag.COMPANY_CHANGED: gettext_lazy("Company changed"),
    Tag.COMPANY_CLOSED: gettext_lazy("Company closed: no longer a legal entity"),
    Tag.COMPANY_REOPENED: gettext_lazy("Company active again"),
    Tag.IMPORT_APPLIED: gettext_lazy("Import applied"),
    Tag.OPENING_REQUESTED: gettext_lazy("Access requested"),
    Tag.OPENING_MATCHED: gettext_lazy("Legal representative matched to what is on record"),
    Tag.OPENING_VERIFIED: gettext_lazy("Legal representative verified"),
    Tag.OPENING_REFUSED: gettext_lazy("Request refused"),
    Tag.OPENING_LAPSED: gettext_lazy("Request lapsed without an answer"),
    Tag.OPENING_CLOSED: gettext_lazy("Request closed: another one went through"),
    Tag.OPENING_REMINDED: gettext_lazy("Reminder sent"),
    Tag.OPENING_OBJECTED: gettext_lazy("Objection raised"),
    Tag.OPENING_OBJECTION_SETTLED: gettext_lazy("Objection settled"),
    Tag.OPENING_TERMS_SENT: gettext_lazy("Terms sent to the legal representative"),
    Tag.OPENING_TERMS_REFUSED: gettext_lazy("Terms refused by the legal representative"),
    Tag.OPENING_DISOWNED: gettext_lazy("The person written to is not the legal representative"),
    Tag.OPENING_PLSA_CORRECTED: gettext_lazy("PLSA corrected by the legal representative"),
    Tag.OPENING_PLSA_VERIFIED: gettext_lazy("PLSA verified"),
    Tag.OPENING_COMPLETED: gettext_lazy("Opening completed"),
    Tag.OPENING_RECORDED: gettext_lazy("Record of the opening made"),
    Tag.ACTIVATION_SENT: gettext_lazy("Activation of the login sent"),
    Tag.TERMS_PUBLISHED: gettext_lazy("Version of the terms published"),
    Tag.TERMS_ACCEPTED: gettext_lazy("Terms accepted"),
    Tag.ACCESS_OPENED: gettext_lazy("Access opened"),
    Tag.ACCESS_SUSPENDED: gettext_lazy("Access suspended"),
    Tag.ACCESS_RESUMED: gettext_lazy("Access resumed"),
    Tag.MEMBERSHIP_STARTED: gettext_lazy("Person joined the company"),
    Tag.MANDATE_PROPOSED: gettext_lazy("Mandate of PLSA proposed"),
    Tag.MANDATE_STARTED: gettext_lazy("Mandate of PLSA started"),
    Tag.MANDATE_ENDED: gettext_lazy("Mandate of PLSA ended"),
    Tag.LOGIN_CREATED: gettext_lazy("Login created"),
    Tag.LOGIN_STATE_CHANGED: gettext_lazy("State of the login changed"),
    Tag.PASSWORD_SET: gettext_lazy("Password chosen"),
    Tag.ROLES_CHANGED: gettext_lazy("Staff roles changed"),
    Tag.API_KEY_CREATED: gettext_lazy("API key created"),
    Tag.API_KEY_REVOKED: gettext_lazy("API key revoked"),
    Tag.SIGNED_IN: gettext_lazy("Signed in"),
    Tag.SIGNED_OUT: gettext_lazy("Signed out"),
    Tag.SIGN_IN_REFUSED: gettext_lazy("Sign-in refused"),
    Tag.COMPANY_CHOSEN: gettext_lazy("Company chosen"),
    Tag.TICKET_RECEIVED: gettext_lazy("Message received"),
    Tag.TICKET_CLOSED: gettext_lazy("Message closed"),
    Tag.TICKET_REOPENED: gettext_lazy("Message reopened"),
    Tag.TICKET_COPIED: gettext_lazy("Copy of the message sent"),
    Tag.RELAY_SENT: gettext_lazy("Message passed on to the PLSAs"),
    Tag.UNKNOWN_CODES_RUN: gettext_lazy("Run of unknown codes in the analysis"),
}

FIELDS: dict[str, Words] = {
    "note": gettext_lazy("Note"),
    "reason": gettext_lazy("Reason"),
    "basis": gettext_lazy("Why it is believed"),
    "state": gettext_lazy("State"),
    "reference": gettext_lazy("Reference"),
    "expires_at": gettext_lazy("Link expires on"),
    "by_email": gettext_lazy("By"),
    "upheld": gettext_lazy("Objection upheld"),
    "same_mailbox": gettext_lazy("Same mailbox for legal representative and PLSA"),
    "site": gettext_lazy("Site code"),
    "kind": gettext_lazy("Kind"),
    "login": gettext_lazy("Login"),
    "since": gettext_lazy("Since"),
    "cofor": gettext_lazy("COFOR"),
    "name": gettext_lazy("Name"),
    "stage": gettext_lazy("Stage"),
    "sha256": gettext_lazy("SHA-256"),
    "version": gettext_lazy("Version"),
    "number": gettext_lazy("Version"),
    "language": gettext_lazy("Language"),
    "text_sha256": gettext_lazy("SHA-256 of the text"),
    "texts": gettext_lazy("SHA-256 of the texts"),
    "plsa": gettext_lazy("PLSA"),
    "plsas": gettext_lazy("Number of PLSAs"),
    "roles": gettext_lazy("Roles"),
    "email": gettext_lazy("E-mail address"),
}

_ACTORS: dict[str, Words] = {
    ActorKind.VISITOR: pgettext_lazy("who acted", "a visitor"),
    ActorKind.LINK: pgettext_lazy("who acted", "the holder of a link"),
    ActorKind.PERSON: pgettext_lazy("who acted", "a person of the company"),
    ActorKind.STAFF: pgettext_lazy("who acted", "a member of staff"),
    ActorKind.API: pgettext_lazy("who acted", "a program"),
    ActorKind.SYSTEM: pgettext_lazy("who acted", "the portal"),
}

# Values that are codes of a list are shown in the list's words.
_CODES: dict[str, tuple[Any, ...]] = {
    "state": (OpeningState, LoginState, MandateState, TicketState),
    "basis": (Basis,),
    "kind": (OpeningKind, TicketKind, PersonKind),
    "reason": (RefusalReason,),
}
_STAGES: dict[str, Words] = {
    RecordStage.ACCEPTED: gettext_lazy("terms accepted"),
    RecordStage.OPENED: gettext_lazy("access opened"),
}
# What the page of an opening says anyway.
PLAIN = frozenset({"reference", "state"})
# A “no” is worth a line here only.
TOLD_EITHER_WAY = frozenset({"upheld"})


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the trail as it is shown; `details` are pairs of a label and a value."""

    event: Event
    title: Words
    by: str
    details: list[tuple[str, str]]

    @property
    def at(self) -> datetime:
        return self.event.at


def actor_words(event: Event) -> str:
    if event.actor_kind == ActorKind.SYSTEM:
        return str(_ACTORS[ActorKind.SYSTEM])
    return event.actor_name or str(_ACTORS.get(event.actor_kind, event.actor_kind))


def title(tag: str) -> Words:
    return TITLES.get(tag, tag)


def line(event: Event, *, without: frozenset[str] = frozenset()) -> Line:
    """An event in words. A value that replaced another shows both."""
    details = []
    for name in [*event.new, *(name for name in event.old if name not in event.new)]:
        value = event.new.get(name, event.old.get(name))
        if name in without or value in ("", None, [], {}) or (value is False and name not in TOLD_EITHER_WAY):
            continue
        details.append((str(FIELDS.get(name, name)), _change(name, event)))
    return Line(event, title(event.tag), actor_words(event), details)


def lines(events: Any, *, without: frozenset[str] = frozenset()) -> list[Line]:
    return [line(event, without=without) for event in events]


def _change(name: str, event: Event) -> str:
    new, old = event.new.get(name), event.old.get(name)
    if name in event.new and old not in (None, "", new):
        return _("%(new)s (before: %(old)s)") % {"new": _value(name, new), "old": _value(name, old)}
    return _value(name, new if name in event.new else old)


def _value(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return pgettext("answer", "Yes") if value else pgettext("answer", "No")
    if isinstance(value, list):
        return ", ".join(_value("", part) for part in value)
    if isinstance(value, dict):
        return ", ".join(f"{FIELDS.get(key, key)}: {_value(key, part)}" for key, part in value.items())
    text = str(value)
    if name == "stage":
        return str(_STAGES.get(text, text))
    if name == "reason" and text in LOGIN_REASONS:
        return str(LOGIN_REASONS[text])
    if (name.endswith("_at") or name == "since") and (instant := _instant(text)):
        return dates.when(instant)
    for codes in _CODES.get(name, ()):
        if text in codes.values:
            return str(codes(text).label)
    return text


def _instant(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found and found.tzinfo else None
