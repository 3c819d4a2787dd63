"""What a PLSA or the Assistance may do with somebody's login (D3, D10, decision 17).

A login belongs to its person, not to a company. A PLSA acts for one company: where another company counts on the same
login, the PLSA ends or suspends the membership of the own company and never touches what the others use. What the
Assistance decided, a PLSA neither lifts nor replaces by a state that a PLSA could lift.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from passerelle.accounts.enums import Lifter, LoginState, StateReason
from passerelle.accounts.models import Person
from passerelle.accounts.rules import may_lift
from passerelle.core.verdict import Verdict, no, yes
from passerelle.memberships.models import Membership


class Act(StrEnum):
    """Acts on a person's login. The values stand in addresses of pages."""

    LIFT = "lift"
    PASSWORD_LINK = "password-link"  # noqa: S105  an act, not a password
    CHANGE_EMAIL = "change-email"
    STOP_EMAIL = "stop-email"
    END_SESSIONS = "end-sessions"
    REMOVE_FACTOR = "remove-factor"
    SUSPEND = "suspend"
    BLOCK = "block"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Reach:
    """Somebody's login as whoever acts stands to it.

    `membership` is the person's in the company of the PLSA who acts, None for the Assistance. `shared` tells that
    another company counts on the login too, `last_plsa` that the company would be left without a PLSA, `email_waits`
    that an address waits which the Assistance asked for.
    """

    person: Person
    by: Lifter
    is_self: bool = False
    membership: Membership | None = None
    shared: bool = False
    last_plsa: bool = False
    has_factor: bool = False
    removal_waits: bool = False
    email_waits: bool = False

    @property
    def state(self) -> LoginState:
        return LoginState(self.person.state)

    @property
    def reason(self) -> str:
        return self.person.state_reason

    @property
    def suspended_here(self) -> bool:
        """Whether a PLSA of this company suspended the membership, and not the login."""
        return self.membership is not None and self.membership.ended_at is not None

    @property
    def for_company_only(self) -> bool:
        """Whether suspending or deleting reaches the membership alone."""
        return self.by is Lifter.PLSA and self.shared


# A PLSA decided these, so only a login that no other company counts on is freed of them by a PLSA.
DECIDED_BY_A_COMPANY = frozenset({StateReason.BY_PLSA.value, StateReason.LEFT.value})


def may_do(act: Act, reach: Reach) -> Verdict:
    """Whether the act is open to whoever stands so to the login; the same for the button and for the act itself."""
    if reach.is_self:
        return no("own_login", actor="plsa", next_action="contact_plsa")
    if reach.state is LoginState.DELETED:
        return no("login_deleted", since=reach.person.state_since)
    return _RULES[act](reach)


def _lift(reach: Reach) -> Verdict:
    if reach.suspended_here:
        return yes("membership_suspended")
    verdict = may_lift(reach.person, reach.by)
    if verdict and reach.for_company_only and reach.reason in DECIDED_BY_A_COMPANY:
        return no("shared_login", actor="assistance", next_action="contact_assistance", since=reach.person.state_since)
    return verdict


def _password_link(reach: Reach) -> Verdict:
    if reach.state is not LoginState.ACTIVE or reach.suspended_here:
        return no("lift_first", since=reach.person.state_since)
    return yes("may_send")


def _change_email(reach: Reach) -> Verdict:
    if reach.by is not Lifter.ASSISTANCE:
        return _for_the_assistance(reach)
    if reach.state is not LoginState.ACTIVE:
        return no("lift_first", since=reach.person.state_since)
    return no("email_waits") if reach.email_waits else yes("may_ask")


def _stop_email(reach: Reach) -> Verdict:
    if reach.by is not Lifter.ASSISTANCE:
        return _for_the_assistance(reach)
    return yes("may_stop") if reach.email_waits else no("no_email_waits")


def _end_sessions(_reach: Reach) -> Verdict:
    return yes("may_end")


def _remove_factor(reach: Reach) -> Verdict:
    if not reach.has_factor:
        return no("no_factor")
    if reach.state is not LoginState.ACTIVE:
        return no("lift_first", since=reach.person.state_since)
    # A PLSA may ask again: of a login that another company counts on, nothing tells them that the removal waits.
    if reach.removal_waits and reach.by is Lifter.ASSISTANCE:
        return no("removal_waits")
    return yes("may_ask")


def _suspend(reach: Reach) -> Verdict:
    if reach.suspended_here or (reach.state is not LoginState.ACTIVE and not reach.for_company_only):
        return no("not_active", since=reach.person.state_since)
    if reach.by is Lifter.PLSA and reach.last_plsa:
        return no("last_plsa", actor="assistance", next_action="contact_assistance")
    return yes("may_suspend")


def _block(reach: Reach) -> Verdict:
    if reach.by is not Lifter.ASSISTANCE:
        return _for_the_assistance(reach)
    if reach.state is LoginState.BLOCKED and reach.reason != StateReason.FORMER_PASSWORD:
        return no("blocked_already", since=reach.person.state_since)
    return yes("may_block")


def _delete(reach: Reach) -> Verdict:
    if reach.by is Lifter.PLSA and reach.last_plsa:
        return no("last_plsa", actor="assistance", next_action="contact_assistance")
    if reach.for_company_only or reach.state is LoginState.ACTIVE or may_lift(reach.person, reach.by):
        return yes("may_delete")
    return _for_the_assistance(reach)


def _for_the_assistance(reach: Reach) -> Verdict:
    return no("assistance_only", actor="assistance", next_action="contact_assistance", since=reach.person.state_since)


_RULES = {
    Act.LIFT: _lift,
    Act.PASSWORD_LINK: _password_link,
    Act.CHANGE_EMAIL: _change_email,
    Act.STOP_EMAIL: _stop_email,
    Act.END_SESSIONS: _end_sessions,
    Act.REMOVE_FACTOR: _remove_factor,
    Act.SUSPEND: _suspend,
    Act.BLOCK: _block,
    Act.DELETE: _delete,
}
