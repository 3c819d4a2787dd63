"""Lines of the trail in words: what happened, who did it, with the values that changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.backoffice.values import TOLD_EITHER_WAY, field, source_of, value
from passerelle.backoffice.words import Words, name_of
from passerelle.core.actor import ActorKind

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
    Tag.MEMBERSHIP_ENDED: gettext_lazy("Person's access to the company ended"),
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
    Tag.PERSON_TERMS_ACCEPTED: gettext_lazy("Terms accepted by the person"),
    Tag.PASSWORD_MADE_TEMPORARY: gettext_lazy("Temporary password sent"),
    Tag.PASSWORD_EXPIRY_REMINDED: gettext_lazy("Reminder of the end of the password sent"),
    Tag.PERSON_CHANGED: gettext_lazy("Details of the person changed"),
    Tag.EMAIL_CHANGE_ASKED: gettext_lazy("Change of the e-mail address asked for"),
    Tag.EMAIL_CHANGE_CANCELLED: gettext_lazy("Change of the e-mail address cancelled"),
    Tag.EMAIL_CHANGED: gettext_lazy("E-mail address changed"),
    Tag.IDENTITY_LINKED: gettext_lazy("Account of the group linked to the login"),
    Tag.IDENTITY_FORGOTTEN: gettext_lazy("Account of the group no longer linked to the login"),
    Tag.FACTOR_ADDED: gettext_lazy("Second factor added"),
    Tag.FACTOR_REMOVED: gettext_lazy("Second factor removed"),
    Tag.SECRETS_RESEALED: gettext_lazy("Secrets of authenticator applications sealed with the present key"),
    Tag.RECOVERY_CODES_MADE: gettext_lazy("Recovery codes made"),
    Tag.RECOVERY_CODE_USED: gettext_lazy("Recovery code used"),
    Tag.FACTOR_REMOVAL_ASKED: gettext_lazy("Removal of the second factor asked for"),
    Tag.FACTOR_REMOVAL_CANCELLED: gettext_lazy("Removal of the second factor cancelled"),
    Tag.SESSIONS_ENDED: gettext_lazy("Sessions ended"),
    Tag.UNUSED_WARNED: gettext_lazy("Warning of an unused login sent"),
    Tag.DEVICE_LINK_SENT: gettext_lazy("Link to make a browser known sent"),
    Tag.DEVICE_KNOWN: gettext_lazy("Browser made known"),
    Tag.LIFT_LINK_SENT: gettext_lazy("Link to lift the block sent"),
    Tag.RECOVERY_ASKED: gettext_lazy("Forgotten password: help asked for"),
    Tag.RECOVERY_SENT: gettext_lazy("Forgotten password: e-mail sent"),
    Tag.LOGIN_REMINDED: gettext_lazy("Forgotten login: e-mail sent"),
    Tag.PLSA_CONTACTS_SENT: gettext_lazy("Contact details of the PLSAs sent"),
    Tag.DIAGNOSIS_READ: gettext_lazy("Diagnosis of a sign-in read"),
    Tag.TICKET_RECEIVED: gettext_lazy("Message received"),
    Tag.TICKET_CLOSED: gettext_lazy("Message closed"),
    Tag.TICKET_REOPENED: gettext_lazy("Message reopened"),
    Tag.TICKET_COPIED: gettext_lazy("Copy of the message sent"),
    Tag.RELAY_SENT: gettext_lazy("Message passed on to the PLSAs"),
    Tag.UNKNOWN_CODES_RUN: gettext_lazy("Run of unknown codes in the analysis"),
}

_ACTORS: dict[str, Words] = {
    ActorKind.VISITOR: pgettext_lazy("who acted", "a visitor"),
    ActorKind.LINK: pgettext_lazy("who acted", "the holder of a link"),
    ActorKind.PERSON: pgettext_lazy("who acted", "a person of the company"),
    ActorKind.STAFF: pgettext_lazy("who acted", "a member of staff"),
    ActorKind.API: pgettext_lazy("who acted", "a program"),
}

# What the page of an opening says anyway.
PLAIN = frozenset({"reference", "state"})


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
        return name_of("")
    return event.actor_name or str(_ACTORS.get(event.actor_kind, event.actor_kind))


def title(tag: str) -> Words:
    return TITLES.get(tag, tag)


def line(event: Event, *, without: frozenset[str] = frozenset()) -> Line:
    """An event in words. A value that replaced another shows both."""
    details = []
    for name in [*event.new, *(name for name in event.old if name not in event.new)]:
        found = event.new.get(name, event.old.get(name))
        if name in without or found in ("", None, [], {}) or (found is False and name not in TOLD_EITHER_WAY):
            continue
        details.append((field(event.tag, name), _change(name, event)))
    return Line(event, title(event.tag), actor_words(event), details)


def lines(events: Any, *, without: frozenset[str] = frozenset()) -> list[Line]:
    return [line(event, without=without) for event in events]


def _change(name: str, event: Event) -> str:
    new, old = event.new.get(name), event.old.get(name)
    source = source_of(event.tag)
    if name in event.new and old not in (None, "", [], new):
        return _("%(new)s (before: %(old)s)") % {"new": value(source, name, new), "old": value(source, name, old)}
    return value(source, name, new if name in event.new else old)
