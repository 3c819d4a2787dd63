"""The words of the desk that several of its pages share: ages, states as tags, what a mail is and became."""

from __future__ import annotations

from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from passerelle.accounts.enums import LoginState
from passerelle.core.powers import Role
from passerelle.mail.ledger import Standing
from passerelle.opening.enums import OpeningState

Words = str | Promise

STATE_KINDS: dict[str, str] = {
    OpeningState.TO_VERIFY: "warn",
    OpeningState.DISPUTED: "err",
    OpeningState.AWAITING: "info",
    OpeningState.TERMS_REFUSED: "warn",
    OpeningState.HELD: "warn",
    OpeningState.OPEN: "ok",
    OpeningState.REFUSED: "mute",
    OpeningState.LAPSED: "mute",
    OpeningState.CLOSED: "mute",
}

LOGIN_KINDS: dict[str, str] = {
    LoginState.ACTIVE: "ok",
    LoginState.SUSPENDED: "warn",
    LoginState.BLOCKED: "err",
    LoginState.DELETED: "mute",
}

STANDINGS: dict[Standing, tuple[Words, str]] = {
    Standing.QUEUED: (pgettext_lazy("e-mail", "Queued"), "info"),
    Standing.SENT: (pgettext_lazy("e-mail", "Sent"), "ok"),
    Standing.REFUSED: (pgettext_lazy("e-mail", "Refused by the mail server"), "err"),
    Standing.DROPPED: (pgettext_lazy("e-mail", "Not sent: its link was replaced"), "mute"),
    Standing.OPENED: (pgettext_lazy("e-mail", "Link opened"), "ok"),
    Standing.USED: (pgettext_lazy("e-mail", "Link used"), "ok"),
    Standing.SUPERSEDED: (pgettext_lazy("e-mail", "Sent, its link was replaced"), "mute"),
}

MAIL_KINDS: dict[str, Words] = {
    "opening/received": gettext_lazy("Request received"),
    "opening/to_verify": gettext_lazy("Request to verify, to the Assistance"),
    "opening/notice": gettext_lazy("Notice to a contact on record"),
    "opening/terms": gettext_lazy("Terms to accept"),
    "opening/reminder": gettext_lazy("Reminder of the terms"),
    "opening/designation": gettext_lazy("Designation of a PLSA"),
    "opening/refused": gettext_lazy("Request refused"),
    "opening/terms_refused": gettext_lazy("Terms not accepted"),
    "opening/lapsed": gettext_lazy("Request lapsed"),
    "opening/closed": gettext_lazy("Request closed"),
    "opening/objected": gettext_lazy("Objection, to the Assistance"),
    "opening/disputed": gettext_lazy("Request in dispute"),
    "opening/held": gettext_lazy("Terms accepted, PLSA to verify"),
    "opening/opened_representative": gettext_lazy("Access opened, to the legal representative"),
    "opening/opened_plsa": gettext_lazy("Access opened, to the PLSA"),
    "opening/proposed_plsa": gettext_lazy("Mandate proposed to a PLSA"),
    "opening/opened_requester": gettext_lazy("Access opened, to the requester"),
    "opening/activation": gettext_lazy("Activation of a login"),
}

ROLES: dict[str, Words] = {
    Role.PURCHASING: pgettext_lazy("staff role", "Purchasing"),
    Role.ASSISTANCE: pgettext_lazy("staff role", "Assistance"),
    Role.EDITOR: pgettext_lazy("staff role", "Editor"),
    Role.ADMINISTRATOR: pgettext_lazy("staff role", "Administrator"),
}


def mail_kind(kind: str) -> Words:
    """What a mail is about; one without words of its own shows its code."""
    return MAIL_KINDS.get(kind, kind)


def age(since: datetime, now: datetime) -> str:
    """How long ago in one unit: less than an hour, hours up to two days, then days."""
    hours = max(0, int((now - since).total_seconds() // 3600))
    if hours < 1:
        return _("less than an hour")
    if hours < 48:
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    days = hours // 24
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
