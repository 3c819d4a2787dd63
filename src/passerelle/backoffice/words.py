"""The words of the desk that several of its pages share: ages, states as tags, what a mail is and became."""

from __future__ import annotations

from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from passerelle.accounts.enums import LoginState
from passerelle.core.actor import SYSTEM
from passerelle.mail.ledger import Standing
from passerelle.opening.enums import OpeningState, Reason

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
    Standing.DROPPED: (pgettext_lazy("e-mail", "Not sent: its link no longer worked"), "mute"),
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
    "entry/recovery_link": gettext_lazy("Forgotten password: the link"),
    "entry/temporary_password": gettext_lazy("Forgotten password: a temporary one"),
    "entry/activation_again": gettext_lazy("Forgotten password: activation of a login again"),
    "entry/login_reminder": gettext_lazy("Forgotten login"),
    "entry/plsa_contacts": gettext_lazy("Contact details of the PLSAs"),
    "entry/people_state": gettext_lazy("State of the login changed by a PLSA or the Assistance"),
    "entry/people_password": gettext_lazy("Link to a new password, sent by a PLSA or the Assistance"),
    "entry/people_activation": gettext_lazy("Activation of a login, sent again"),
    "entry/email_of_colleague": gettext_lazy("Another e-mail address of a colleague, to a PLSA"),
    "entry/blocked": gettext_lazy("Login blocked by a former password: the link that lifts it"),
    "entry/blocked_colleague": gettext_lazy("Login of a colleague blocked, to a PLSA"),
    "entry/block_lifted": gettext_lazy("Block lifted"),
    "entry/device": gettext_lazy("Link that makes a browser known"),
    "entry/device_known": gettext_lazy("Browser made known"),
    "accounts/password_changed": gettext_lazy("Password changed"),
    "accounts/password_ends": gettext_lazy("Password about to expire"),
    "accounts/login_unused": gettext_lazy("Login not used for long"),
    "accounts/login_suspended": gettext_lazy("Login suspended because it was not used"),
    "accounts/email_asked": gettext_lazy("Another e-mail address, to the present mailbox"),
    "accounts/email_to_confirm": gettext_lazy("Another e-mail address, to the new mailbox"),
    "accounts/email_changed": gettext_lazy("E-mail address changed"),
    "accounts/email_change_cancelled": gettext_lazy("Change of the e-mail address stopped"),
    "accounts/email_in_use": gettext_lazy("Another e-mail address, which a login has already"),
    "accounts/sessions_ended": gettext_lazy("Sessions ended by somebody else"),
    "accounts/identity_linked": gettext_lazy("Login linked to an account of the group"),
    "accounts/factor_added": gettext_lazy("Second factor added"),
    "accounts/factor_removed": gettext_lazy("Second factor removed"),
    "accounts/codes_renewed": gettext_lazy("Recovery codes made"),
    "accounts/code_used": gettext_lazy("Recovery code used"),
    "accounts/removal_asked": gettext_lazy("Removal of the second factor asked"),
    "accounts/removal_cancelled": gettext_lazy("Removal of the second factor cancelled"),
    "accounts/removal_done": gettext_lazy("Second factor removed"),
    "support/received": gettext_lazy("Message, to the Assistance"),
    "support/acknowledged": gettext_lazy("Message received, to its sender"),
    "support/copy": gettext_lazy("Copy of the message"),
    "support/relay": gettext_lazy("Message passed on to a PLSA"),
}

# Where a company stands, as colleagues say it; the public page speaks to the company instead.
STANDS: dict[str, Words] = {
    Reason.COFOR_UNKNOWN: gettext_lazy("The COFOR is not known."),
    Reason.COFOR_INACTIVE: gettext_lazy("The company is closed, its COFOR no longer active."),
    Reason.NO_REQUEST: gettext_lazy("Nobody of the company has asked for access."),
    Reason.REQUEST_REFUSED: gettext_lazy("The last request for access was refused."),
    Reason.REQUEST_LAPSED: gettext_lazy("The last request for access has lapsed."),
    Reason.REQUEST_PENDING: gettext_lazy("A request for access waits for the Assistance."),
    Reason.REQUEST_DISPUTED: gettext_lazy("A request for access is in dispute."),
    Reason.TERMS_NOT_ACCEPTED: gettext_lazy("The legal representative has not accepted the terms yet."),
    Reason.TERMS_LINK_EXPIRED: gettext_lazy("The legal representative let the link to the terms expire."),
    Reason.TERMS_REFUSED: gettext_lazy("The legal representative refused the terms."),
    Reason.OPENING_IN_PROGRESS: gettext_lazy("The terms are accepted, the access is not open yet."),
    Reason.ACCESS_SUSPENDED: gettext_lazy("The access is suspended."),
    Reason.NO_PLSA: gettext_lazy("The access is open, but no PLSA is in force."),
    Reason.ACCESS_OPEN: gettext_lazy("The access is open."),
}

# Why a login is in its state; a reason without words of its own is shown as it was written.
LOGIN_REASONS: dict[str, Words] = {
    "left_company": gettext_lazy("left the company"),
    "former_password": gettext_lazy("a former password was typed"),
    "by_plsa": gettext_lazy("by a PLSA"),
    "by_assistance": gettext_lazy("by the Assistance"),
}


def name_of(stored: str) -> str:
    """Who did something, by the name that was kept of them: the portal itself has none but in our own code."""
    return stored if stored not in {"", SYSTEM.name} else pgettext("who acted", "the portal")


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
