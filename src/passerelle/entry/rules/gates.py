"""The gates of the private area, asked at every request: which one stands before the page (D4, D5, E6, decision 18)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from passerelle import brand
from passerelle.accounts.models import Person
from passerelle.accounts.rules import may_keep_password
from passerelle.core.verdict import Verdict, no, yes
from passerelle.entry.enums import BY_PROVIDER, Gate
from passerelle.terms.rules import Standing, in_order


@dataclass(frozen=True, slots=True)
class GateFacts:
    """What the gates are judged by.

    `factor` proved this session beside the password, or instead of it where the group's own provider signed its person
    in; empty without one. `has_factor`: the person has a passkey or an authenticator. `is_plsa` holds for any company
    whose doors are open. `own_terms` are the terms for persons, `company_terms` those of the chosen company, None while
    none is chosen. Staff have neither terms nor a company.
    """

    factor: str = ""
    has_factor: bool = False
    is_plsa: bool = False
    companies: int = 0
    chosen: bool = False
    own_terms: Standing | None = None
    company_terms: Standing | None = None


def needs_second_factor(person: Person, *, is_plsa: bool) -> bool:
    """Whether the brand requires a second factor of this person (decision 18)."""
    policies = brand.current().policies
    policy = policies.second_factor if person.is_staff or is_plsa else policies.second_factor_users
    return policy == "required"


def may_pass_terms(facts: GateFacts) -> Verdict:
    """Whether the terms let in: those for persons first, then those of the company, whose acceptance is an act of its
    legal representative."""
    if facts.own_terms is not None and not in_order(facts.own_terms):
        return no("person_terms", actor="person", next_action="accept_terms")
    if facts.company_terms is not None and not in_order(facts.company_terms):
        return no("company_terms", actor="legal_representative", next_action="resend_terms_mail")
    return yes("terms_in_order")


def next_gate(person: Person, facts: GateFacts, *, now: datetime) -> Gate | None:
    """The first gate that is shut, or None when the page may open."""
    if needs_second_factor(person, is_plsa=facts.is_plsa) and not facts.factor:
        return Gate.SECOND_FACTOR
    by_password = facts.factor != BY_PROVIDER  # else no password was used, and none is asked for
    if by_password and not may_keep_password(person, has_factor=facts.has_factor, now=now):
        return Gate.PASSWORD
    if not may_pass_terms(facts):
        return Gate.TERMS
    if facts.companies > 1 and not facts.chosen:
        return Gate.COMPANY
    return None
