"""What a line of the trail keeps, in words: the names of its facts, and the codes that stand for something."""

from __future__ import annotations

import re
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django_countries import countries

from passerelle import brand
from passerelle.accounts.enums import FactorKind, LoginState, PersonKind, StateReason
from passerelle.audit.tags import Tag
from passerelle.backoffice.words import LOGIN_REASONS, Words
from passerelle.memberships.enums import EndReason, MandateState
from passerelle.opening.enums import Basis, OpeningKind, OpeningState, RefusalReason
from passerelle.opening.models import RecordStage
from passerelle.suppliers.enums import CompanyKind
from passerelle.support.enums import TicketKind, TicketState
from passerelle.web import credentials, dates

FIELDS: dict[str, Words] = {
    "note": gettext_lazy("Note"),
    "door": gettext_lazy("Where"),
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
    "codes": gettext_lazy("Unknown codes"),
    "prefix": gettext_lazy("Beginning of the key"),
    # The facts of a company, as the import names them.
    "duns": gettext_lazy("D-U-N-S Number"),
    "country": gettext_lazy("Country"),
    "vat_number": gettext_lazy("VAT number"),
    "registration_number": gettext_lazy("Registration number"),
    "street": gettext_lazy("Street"),
    "postcode": gettext_lazy("Zip code"),
    "city": gettext_lazy("City"),
    "website": gettext_lazy("Website"),
    "contact_email": gettext_lazy("Mailboxes on record"),
    "email_domains": gettext_lazy("Mail domains on record"),
    "active": gettext_lazy("Active"),
    "closed_reason": gettext_lazy("Why it was closed"),
    "successor_cofor": gettext_lazy("COFOR of the successor"),
    "sites": gettext_lazy("Sites"),
    "sucos": gettext_lazy("SUCOs"),
    "categories": gettext_lazy("Categories"),
    # What an import did.
    "filename": gettext_lazy("File"),
    "refused": gettext_lazy("Rows refused"),
    "created": gettext_lazy("Companies created"),
    "changed": gettext_lazy("Companies changed"),
    "closed": gettext_lazy("Companies closed"),
    "reopened": gettext_lazy("Companies reopened"),
    "unchanged": gettext_lazy("Companies unchanged"),
}
# A name that means something else in one kind of line.
_FIELDS_OF: dict[tuple[str, str], Words] = {
    (Tag.OPENING_REMINDED, "number"): gettext_lazy("Number of the reminder"),
    (Tag.DIAGNOSIS_READ, "number"): gettext_lazy("Diagnosis number"),
    (Tag.SESSIONS_ENDED, "count"): gettext_lazy("Number of sessions"),
    (Tag.RECOVERY_CODES_MADE, "count"): gettext_lazy("Number of codes"),
    (Tag.RECOVERY_CODE_USED, "left"): gettext_lazy("Codes left"),
    (Tag.FACTOR_REMOVED, "left"): gettext_lazy("Second factors left"),
    (Tag.FACTOR_REMOVED, "count"): gettext_lazy("Number of second factors"),
    (Tag.FACTOR_REMOVED, "asked_by"): gettext_lazy("Asked by"),
    (Tag.FACTOR_REMOVAL_CANCELLED, "asked_by"): gettext_lazy("Asked by"),
    (Tag.FACTOR_REMOVAL_ASKED, "effective_at"): gettext_lazy("Removed on"),
    (Tag.EMAIL_CHANGE_ASKED, "effective_at"): gettext_lazy("In force on, at the earliest"),
}
# A “no” is worth a line here only.
TOLD_EITHER_WAY = frozenset({"upheld", "active"})

# Values that are codes of a list are shown in the list's words. The same name has another list in another source.
_CODES: dict[tuple[str, str], tuple[Any, ...]] = {
    ("suppliers", "kind"): (CompanyKind,),
    ("accounts", "kind"): (PersonKind, FactorKind),
    ("opening", "kind"): (OpeningKind,),
    ("support", "kind"): (TicketKind,),
    ("accounts", "state"): (LoginState,),
    ("memberships", "state"): (MandateState,),
    ("opening", "state"): (OpeningState,),
    ("support", "state"): (TicketState,),
    ("opening", "basis"): (Basis,),
    ("opening", "reason"): (RefusalReason,),
    ("accounts", "reason"): (StateReason,),
    ("memberships", "reason"): (EndReason,),
}
_STAGES: dict[str, Words] = {
    RecordStage.ACCEPTED: gettext_lazy("terms accepted"),
    RecordStage.OPENED: gettext_lazy("access opened"),
}
# Reasons that no list holds: why a sign-in was refused, why a request lapsed, why a mandate or a company ended.
_REASONS: dict[str, Words] = {
    "unknown": gettext_lazy("nobody has this login"),
    "wrong_password": gettext_lazy("the password is not right"),
    "wrong_code": gettext_lazy("the code of the second factor is not right"),
    "used_code": gettext_lazy("the code of the second factor was used already"),
    "wrong_recovery_code": gettext_lazy("the recovery code is not on the list, or was used already"),
    "wrong_passkey": gettext_lazy("the passkey proved nothing"),
    "second_factor_paused": gettext_lazy("too many wrong codes: the second factor pauses"),
    "paused": gettext_lazy("too many tries: the login pauses"),
    "login_suspended": gettext_lazy("the login is suspended"),
    "login_blocked": gettext_lazy("the login is blocked"),
    "login_deleted": gettext_lazy("the login is deleted"),
    "no_company": gettext_lazy("no company is open to this login"),
    "company_closed": gettext_lazy("the company was closed"),
    "time_over": gettext_lazy("nobody finished it in time"),
    "objection_upheld": gettext_lazy("an objection was upheld"),
    "stopped": gettext_lazy("it was stopped"),
    "not_possible": gettext_lazy("another login took the address"),
    "not given": gettext_lazy("no reason was given"),
}
_OBJECTION = re.compile(r"objection to (\S+)")


def source_of(tag: str) -> str:
    """The first part of a tag: which app wrote the line."""
    return tag.partition(":")[0]


def field(tag: str, name: str) -> str:
    """The name of a fact in a line; one without words of its own shows its code."""
    return str(_FIELDS_OF.get((tag, name)) or FIELDS.get(name, name))


def reason_words(text: str) -> str:
    """A stored reason in words. What a person wrote stands as it was written."""
    if found := _OBJECTION.fullmatch(text):
        return _("objection to %(reference)s") % {"reference": found[1]}
    return str(_REASONS.get(text) or LOGIN_REASONS.get(text) or credentials.REASONS.get(text, text))


def value(source: str, name: str, found: Any) -> str:
    """A fact in words. `source` and `name` tell of which list a code is."""
    if isinstance(found, bool):
        return pgettext("answer", "Yes") if found else pgettext("answer", "No")
    if isinstance(found, list):
        return ", ".join(value(source, name, part) for part in found)
    if isinstance(found, dict):
        return ", ".join(
            _("%(label)s: %(value)s") % {"label": FIELDS.get(key, key), "value": value(source, key, part)}
            for key, part in found.items()
        )
    text = str(found)
    if (name.endswith("_at") or name == "since") and (instant := _instant(text)):
        return dates.when(instant)
    for codes in _CODES.get((source, name), ()):
        if text in codes.values:
            return str(codes(text).label)
    return _named(source, name, text)


def _named(source: str, name: str, text: str) -> str:
    """A word for a code that is of no list of ours; else the text itself."""
    if name == "stage":
        return str(_STAGES.get(text, text))
    if name == "door":
        return str(credentials.DOORS.get(text, text))
    if name in {"reason", "closed_reason"}:
        return reason_words(text)
    if source == "suppliers" and name == "country":
        return str(countries.name(text)) or text
    if source == "suppliers" and name == "categories":
        return str(brand.current().category_name(text))
    return text


def _instant(text: str) -> Any:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found and found.tzinfo else None
