"""Whether a login may be used, and who can lift what stops it (D3)."""

from __future__ import annotations

from passerelle.accounts.enums import STANDINGS, Lifter, LoginState, Standing, StateReason
from passerelle.accounts.models import Person
from passerelle.core.verdict import Verdict, no, yes


def standing(state: LoginState, reason: StateReason | str | None) -> Standing | None:
    """The line of the table for a state and its reason, or None where there is none (an active login included)."""
    return next((line for line in STANDINGS if line.state == state and line.reason == reason), None)


def lifters_of(person: Person) -> frozenset[Lifter]:
    """Who can lift what stops this login (D3): nobody, for an active and for a deleted one."""
    line = standing(LoginState(person.state), person.state_reason)
    return line.lifters if line else frozenset()


def may_use_login(person: Person) -> Verdict:
    """Whether the state of the login lets its person enter, and who can lift what stops it (D3)."""
    state = LoginState(person.state)
    if state is LoginState.ACTIVE:
        return yes("login_active")
    lifters = lifters_of(person)
    if Lifter.PLSA in lifters or state is LoginState.DELETED:
        return no(f"login_{state.value}", actor="plsa", next_action="contact_plsa", since=person.state_since)
    return no(f"login_{state.value}", actor="assistance", next_action="contact_assistance", since=person.state_since)


def may_lift(person: Person, by: Lifter) -> Verdict:
    """Whether this kind of person can make the login active again (D3)."""
    lifters = lifters_of(person)
    if by in lifters:
        return yes("may_lift")
    if not lifters:
        return no("nothing_to_lift")
    return no("lifted_by_others", actor="assistance", next_action="contact_assistance", since=person.state_since)
