"""States of an opening, what may follow what, and the codes of the analysis (contract)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class OpeningKind(models.TextChoices):
    OPENING = "opening", _("Opening of an access")
    DESIGNATION = "designation", _("Designation of a PLSA")
    RENEWAL = "renewal", _("Acceptance of new terms")


class OpeningState(models.TextChoices):
    TO_VERIFY = "to_verify", pgettext_lazy("opening", "To verify")
    DISPUTED = "disputed", pgettext_lazy("opening", "In dispute")
    AWAITING = "awaiting", pgettext_lazy("opening", "Waiting for the legal representative")
    TERMS_REFUSED = "terms_refused", pgettext_lazy("opening", "Terms refused")
    HELD = "held", pgettext_lazy("opening", "Accepted, PLSA to verify")
    OPEN = "open", pgettext_lazy("opening", "Opened")
    REFUSED = "refused", pgettext_lazy("opening", "Refused")
    LAPSED = "lapsed", pgettext_lazy("opening", "Lapsed")
    CLOSED = "closed", pgettext_lazy("opening", "Closed: another request went through")


class Step(models.TextChoices):
    """What moves an opening from one state to the next."""

    VERIFY = "verify", _("verified by the Assistance")
    REFUSE = "refuse", _("refused by the Assistance")
    OBJECT = "object", _("objection of a contact on record")
    SETTLE = "settle", _("objection settled")
    SETTLE_HELD = "settle_held", _("objection settled after the acceptance")
    HOLD = "hold", _("terms accepted, PLSA to verify")
    OPEN = "open", _("access opened")
    REFUSE_TERMS = "refuse_terms", _("terms refused by the legal representative")
    DISOWN = "disown", _("the person named says it is not them")
    REVIVE = "revive", _("terms sent again by the Assistance")
    LAPSE = "lapse", _("lapsed without an answer")
    CLOSE = "close", _("closed: another request went through")


S, P = OpeningState, Step

# The whole life of an opening. docs/generated/states.md is drawn from this table.
MOVES: dict[OpeningState, dict[Step, OpeningState]] = {
    S.TO_VERIFY: {
        P.VERIFY: S.AWAITING,
        P.REFUSE: S.REFUSED,
        P.OBJECT: S.DISPUTED,
        P.LAPSE: S.LAPSED,
        P.CLOSE: S.CLOSED,
    },
    S.AWAITING: {
        P.OPEN: S.OPEN,
        P.HOLD: S.HELD,
        P.REFUSE_TERMS: S.TERMS_REFUSED,
        P.DISOWN: S.DISPUTED,
        P.OBJECT: S.DISPUTED,
        P.REFUSE: S.REFUSED,
        P.LAPSE: S.LAPSED,
        P.CLOSE: S.CLOSED,
    },
    S.DISPUTED: {
        P.SETTLE: S.AWAITING,
        P.SETTLE_HELD: S.HELD,
        P.REFUSE: S.REFUSED,
        P.CLOSE: S.CLOSED,
    },
    S.TERMS_REFUSED: {
        P.REVIVE: S.AWAITING,
        P.REFUSE: S.REFUSED,
        P.OBJECT: S.DISPUTED,
        P.LAPSE: S.LAPSED,
        P.CLOSE: S.CLOSED,
    },
    S.HELD: {P.OPEN: S.OPEN, P.OBJECT: S.DISPUTED, P.REFUSE: S.REFUSED, P.CLOSE: S.CLOSED},
    S.OPEN: {},
    S.REFUSED: {},
    S.LAPSED: {},
    S.CLOSED: {},
}

LIVING = frozenset({S.TO_VERIFY, S.DISPUTED, S.AWAITING, S.TERMS_REFUSED, S.HELD})
FINAL = frozenset({S.OPEN, S.REFUSED, S.LAPSED, S.CLOSED})
FOR_ASSISTANCE = frozenset({S.TO_VERIFY, S.DISPUTED, S.HELD})
MAY_LAPSE = frozenset({S.TO_VERIFY, S.AWAITING, S.TERMS_REFUSED})


class PartyRole(models.TextChoices):
    REQUESTER = "requester", _("Requester")
    REPRESENTATIVE = "representative", _("Legal representative")
    PLSA = "plsa", _("PLSA")


class Basis(models.TextChoices):
    """Why the legal representative's mailbox is believed."""

    NONE = "", _("not verified yet")
    CONTACT = "contact", _("the address is on record")
    DOMAIN = "domain", _("the mail domain is on record")
    ASSISTANCE = "assistance", _("verified by the Assistance")
    POLICY = "policy", _("verification is switched off")


class CheckCode(models.TextChoices):
    COFOR_EXISTS = "cofor_exists"
    COFOR_ACTIVE = "cofor_active"
    REQUEST_PROCESSED = "request_processed"
    TERMS_ACCEPTED = "terms_accepted"
    ACCESS_OPERATIONAL = "access_operational"
    PLSA_DESIGNATED = "plsa_designated"


class CheckState(models.TextChoices):
    PASSED = "passed"
    STOPPED = "stopped"
    NOT_REACHED = "not_reached"


class Reason(models.TextChoices):
    COFOR_UNKNOWN = "cofor_unknown"
    COFOR_INACTIVE = "cofor_inactive"
    NO_REQUEST = "no_request"
    REQUEST_REFUSED = "request_refused"
    REQUEST_LAPSED = "request_lapsed"
    REQUEST_PENDING = "request_pending"
    REQUEST_DISPUTED = "request_disputed"
    TERMS_NOT_ACCEPTED = "terms_not_accepted"
    TERMS_LINK_EXPIRED = "terms_link_expired"
    TERMS_REFUSED = "terms_refused"
    OPENING_IN_PROGRESS = "opening_in_progress"
    ACCESS_SUSPENDED = "access_suspended"
    NO_PLSA = "no_plsa"
    ACCESS_OPEN = "access_open"


class RefusalReason(models.TextChoices):
    """Why the Assistance refuses a request; the words go to the requester."""

    NOT_REPRESENTATIVE = "not_representative", _("The person named is not a legal representative of the company")
    NOT_CONFIRMED = "not_confirmed", _("The company did not confirm the request")
    WRONG_COMPANY = "wrong_company", _("The code belongs to another company")
    DUPLICATE = "duplicate", _("Another request of the company goes on")
    OTHER = "other", _("Another reason")
