"""Who enters, and which gate stands before the page (D2, D3, E6)."""

from __future__ import annotations

from collections.abc import Sequence

from passerelle.accounts.models import Person
from passerelle.accounts.rules import may_use_login
from passerelle.core.verdict import Verdict, no
from passerelle.memberships.models import Membership
from passerelle.memberships.rules import may_act_for


def may_enter(person: Person, memberships: Sequence[Membership]) -> Verdict:
    """Whether a person may enter the private area: the state of the login, then at least one company that lets in.

    Staff enter by their login alone. `memberships` are the living ones of the person. A person of several companies
    enters while one of them lets in; the reason names the first obstacle otherwise.
    """
    login = may_use_login(person)
    if not login or person.is_staff:
        return login
    verdicts = [may_act_for(membership) for membership in memberships]
    if not verdicts:
        return no("no_company", actor="plsa", next_action="contact_assistance")
    return next((verdict for verdict in verdicts if verdict), verdicts[0])


def doors(memberships: Sequence[Membership]) -> list[Membership]:
    """The memberships whose company lets its people in now."""
    return [membership for membership in memberships if may_act_for(membership)]
