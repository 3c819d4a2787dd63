"""When a mandate or membership counts. Effects downward are derived, never pushed: all of it ends with the company."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from passerelle.accounts.enums import LoginState
from passerelle.core.verdict import Verdict, no, yes
from passerelle.memberships.enums import EndReason, MandateState
from passerelle.memberships.models import Membership

# A suspended PLSA counts as none (C1); a blocked one still holds the mandate: a security rule orphans no company.
NOT_COUNTING = (LoginState.DELETED, LoginState.SUSPENDED)


def mandate_runs(now: datetime) -> Q:
    """The mandates in force at this instant, whatever became of their membership and person."""
    return Q(state=MandateState.IN_FORCE, starts_at__lte=now) & (Q(ends_at__isnull=True) | Q(ends_at__gt=now))


def mandate_in_force(now: datetime) -> Q:
    """The mandates that count now, as a condition on `Mandate` (decision 31, check 6)."""
    return mandate_runs(now) & Q(membership__ended_at__isnull=True) & ~Q(membership__person__state__in=NOT_COUNTING)


def may_act_for(membership: Membership) -> Verdict:
    """Whether a membership lets its person into the private area of its company.

    No when it ended or a PLSA suspended it, when the company is no longer a legal entity (H4), when its access was
    never opened or is suspended. Reads `membership.company` and its `access`.
    """
    if membership.ended_at is not None:
        reason = "membership_suspended" if membership.end_reason == EndReason.SUSPENDED else "membership_ended"
        return no(reason, actor="plsa", next_action="contact_plsa", since=membership.ended_at)
    company = membership.company
    if not company.active:
        return no("company_closed", actor="purchasing", next_action="contact_assistance", since=company.closed_at)
    access = getattr(company, "access", None)
    if access is None:
        return no("access_not_open", actor="requester", next_action="request_access")
    if access.suspended_at is not None:
        return no("access_suspended", actor="assistance", next_action="contact_assistance", since=access.suspended_at)
    return yes("member")
