"""The access analysis as one pure function (C1, I1): facts in, six explained checks out.

The object it answers is what the stepper, the API, the mails, the Assistance's screen and the import's consequences
render. It holds stages and instants, never a name, an address or a count (decision 10).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from passerelle.core.verdict import Verdict, no, yes
from passerelle.opening.enums import CheckCode, CheckState, OpeningState, Reason


@dataclass(frozen=True, slots=True)
class OpeningFacts:
    """The claim that is furthest on its way: its state and instants."""

    state: OpeningState
    state_since: datetime
    requested_at: datetime
    verified_at: datetime | None = None
    terms_sent_at: datetime | None = None
    link_expires_at: datetime | None = None
    link_living: bool = False
    accepted: bool = False
    lapses_at: datetime | None = None
    reference: str = ""
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the six questions need of a company, read by one query (opening.queries.facts)."""

    company_key: str
    active: bool
    closed_at: datetime | None = None
    site_known: bool | None = None
    opening: OpeningFacts | None = None
    renewal: OpeningFacts | None = None
    opened_at: datetime | None = None
    suspended_at: datetime | None = None
    accepted_at: datetime | None = None
    accepted_version: int | None = None
    required_version: int | None = None
    has_mandate: bool = False
    mandate_activated: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    number: int
    code: CheckCode
    state: CheckState


@dataclass(frozen=True, slots=True)
class Analysis:
    """The answer to "where does this company stand?".

    `stopped_at` is the number of the first NO, None when all passed. `verdict` says why, who must act, what to do and
    since when. `activation_pending`: all passed, but no PLSA has chosen a password yet, so the page offers to send the
    activation again.
    """

    cofor: str
    site: str | None
    site_known: bool | None
    checks: tuple[Check, ...]
    stopped_at: int | None
    verdict: Verdict
    activation_pending: bool = False
    opening: OpeningFacts | None = None
    facts: Facts | None = field(default=None, compare=False, repr=False)

    @property
    def reason(self) -> Reason:
        return Reason(self.verdict.reason)

    @property
    def passed(self) -> int:
        return sum(check.state is CheckState.PASSED for check in self.checks)


_CODES = tuple(CheckCode)

# reason → who must act, what to do next (contract).
NEXT: dict[Reason, tuple[str, str]] = {
    Reason.COFOR_UNKNOWN: ("requester", "contact_assistance"),
    Reason.COFOR_INACTIVE: ("purchasing", "contact_assistance"),
    Reason.NO_REQUEST: ("requester", "request_access"),
    Reason.REQUEST_REFUSED: ("requester", "request_access"),
    Reason.REQUEST_LAPSED: ("requester", "request_access"),
    Reason.REQUEST_PENDING: ("assistance", "wait"),
    Reason.REQUEST_DISPUTED: ("assistance", "wait"),
    Reason.TERMS_NOT_ACCEPTED: ("legal_representative", "resend_terms_mail"),
    Reason.TERMS_LINK_EXPIRED: ("legal_representative", "resend_terms_mail"),
    Reason.TERMS_REFUSED: ("legal_representative", "contact_assistance"),
    Reason.OPENING_IN_PROGRESS: ("assistance", "wait"),
    Reason.ACCESS_SUSPENDED: ("assistance", "contact_assistance"),
    Reason.NO_PLSA: ("legal_representative", "designate_plsa"),
    Reason.ACCESS_OPEN: ("plsa", "write_to_plsa"),
}


def judge(facts: Facts | None, *, cofor: str, site: str | None, now: datetime) -> Analysis:
    """Run the six checks in order and stop at the first NO (C1). `facts` is None for an unknown COFOR.

    An unknown site never stops the checks: `site_known` says it.
    """
    stopped_at, reason, since = _first_no(facts, now)
    checks = tuple(Check(number, code, _state(number, stopped_at)) for number, code in enumerate(_CODES, start=1))
    actor, action = NEXT[reason]
    answer = yes if stopped_at is None else no
    return Analysis(
        cofor=cofor,
        site=site,
        site_known=facts.site_known if facts and site else None,
        checks=checks,
        stopped_at=stopped_at,
        verdict=answer(reason.value, actor=actor, next_action=action, since=since),
        activation_pending=bool(stopped_at is None and facts and not facts.mandate_activated),
        opening=(facts.renewal if facts.opened_at else facts.opening) if facts else None,
        facts=facts,
    )


def _state(number: int, stopped_at: int | None) -> CheckState:
    if stopped_at is None or number < stopped_at:
        return CheckState.PASSED
    return CheckState.STOPPED if number == stopped_at else CheckState.NOT_REACHED


def _first_no(facts: Facts | None, now: datetime) -> tuple[int | None, Reason, datetime | None]:
    if facts is None:
        return 1, Reason.COFOR_UNKNOWN, None
    if not facts.active:
        return 2, Reason.COFOR_INACTIVE, facts.closed_at
    if facts.opened_at is None:
        return _before_opening(facts, now)
    return _after_opening(facts, now)


_STOPS_AT_REQUEST = {
    OpeningState.TO_VERIFY: Reason.REQUEST_PENDING,
    OpeningState.REFUSED: Reason.REQUEST_REFUSED,
    OpeningState.LAPSED: Reason.REQUEST_LAPSED,
    OpeningState.CLOSED: Reason.REQUEST_LAPSED,
}


def _before_opening(facts: Facts, now: datetime) -> tuple[int | None, Reason, datetime | None]:
    opening = facts.opening
    if opening is None:
        return 3, Reason.NO_REQUEST, None
    since = opening.state_since
    if opening.state in _STOPS_AT_REQUEST:
        return 3, _STOPS_AT_REQUEST[opening.state], since
    if opening.state is OpeningState.DISPUTED:
        return (5, Reason.OPENING_IN_PROGRESS, since) if opening.accepted else (3, Reason.REQUEST_DISPUTED, since)
    if opening.state is OpeningState.TERMS_REFUSED:
        return 4, Reason.TERMS_REFUSED, since
    if opening.state is OpeningState.AWAITING:
        return 4, _waiting_for_terms(opening, now), opening.terms_sent_at or since
    return 5, Reason.OPENING_IN_PROGRESS, since


def _waiting_for_terms(opening: OpeningFacts, now: datetime) -> Reason:
    expired = opening.link_expires_at is not None and opening.link_expires_at <= now
    return Reason.TERMS_LINK_EXPIRED if expired else Reason.TERMS_NOT_ACCEPTED


def _after_opening(facts: Facts, now: datetime) -> tuple[int | None, Reason, datetime | None]:
    if not _terms_in_order(facts):
        renewal = facts.renewal
        if renewal and renewal.state is OpeningState.TERMS_REFUSED:
            return 4, Reason.TERMS_REFUSED, renewal.state_since
        if renewal and renewal.state is OpeningState.AWAITING:
            return 4, _waiting_for_terms(renewal, now), renewal.terms_sent_at
        return 4, Reason.TERMS_NOT_ACCEPTED, facts.accepted_at
    if facts.suspended_at is not None:
        return 5, Reason.ACCESS_SUSPENDED, facts.suspended_at
    if not facts.has_mandate:
        return 6, Reason.NO_PLSA, None
    return None, Reason.ACCESS_OPEN, facts.opened_at


def _terms_in_order(facts: Facts) -> bool:
    """An acceptance counts until the deadline of a newer version has passed (decision 31, check 4)."""
    if facts.accepted_version is None:
        return False
    return facts.required_version is None or facts.accepted_version >= facts.required_version
