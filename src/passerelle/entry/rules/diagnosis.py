"""Why a login cannot enter, link by link, from the login to the terms (I5).

Nothing is judged here: each link asks the very function that authorises.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from passerelle.accounts.enums import Lifter
from passerelle.accounts.models import Person
from passerelle.accounts.rules import lifters_of, may_keep_password, may_sign_in_with, may_use_login
from passerelle.core.verdict import Verdict, no, yes
from passerelle.entry.rules.gates import GateFacts, may_pass_terms, needs_second_factor
from passerelle.memberships.models import Membership
from passerelle.memberships.rules import may_act_for


@dataclass(frozen=True, slots=True)
class Link:
    """One link of the chain: its name, whether it holds, and what is needed to say so in words.

    `company` names the company it is about, empty for what is about the login. `lifters` are those who can lift what
    stops it. `detail` is the reason of a state that is not active (`accounts.enums.StateReason`).
    """

    name: str
    verdict: Verdict
    company: str = ""
    detail: str = ""
    lifters: frozenset[Lifter] = frozenset()


@dataclass(frozen=True, slots=True)
class Chain:
    """The facts around a person that a diagnosis asks for.

    `memberships` are the living ones, with company and access. `plsas` counts, for the key of a company, the PLSAs in
    force. `paused_until` is the end of a pause of its lane for browsers unknown to the login. `gates` is None while
    nobody asked for them.
    """

    memberships: Sequence[Membership] = ()
    plsas: dict[str, int] = field(default_factory=dict)
    paused_until: datetime | None = None
    gates: GateFacts | None = None


def explain(person: Person | None, chain: Chain, *, now: datetime) -> list[Link]:
    """Every link between a login and its private area, in the order in which they are met, whether or not it holds."""
    if person is None or not person.pk:
        return [Link("login", no("unknown", actor="requester", next_action="forgotten_login"))]
    links = [
        Link("login", may_have_entered(person)),
        Link("state", may_use_login(person), detail=person.state_reason, lifters=lifters_of(person)),
        Link("password", _password(person, chain, now)),
        Link("pause", _pause(chain.paused_until)),
    ]
    if chain.gates is not None:
        links.append(Link("second_factor", _second_factor(person, chain.gates)))
    if person.is_staff:
        return links
    if not chain.memberships:
        links.append(Link("membership", no("no_company", actor="plsa", next_action="contact_assistance")))
    for membership in chain.memberships:
        company = membership.company
        links.append(Link("membership", may_act_for(membership), company=company.name))
        if company.key in chain.plsas:
            links.append(Link("mandate", _mandate(chain.plsas[company.key]), company=company.name))
    if chain.gates is not None:
        links.append(Link("terms", may_pass_terms(chain.gates)))
    return links


def obstacles(links: Sequence[Link]) -> list[Link]:
    """The links that keep a login out. A company that lets in makes up for another one that does not, and a company
    without a PLSA lets its people in all the same."""
    companies = [link for link in links if link.name == "membership"]
    one_lets_in = any(link.verdict for link in companies)
    return [
        link
        for link in links
        if not link.verdict and link.name != "mandate" and not (link.name == "membership" and one_lets_in)
    ]


def may_have_entered(person: Person) -> Verdict:
    """Whether a first password was ever chosen for the login."""
    if person.has_usable_password():
        return yes("login_exists", since=person.created_at)
    return no("not_activated", actor="person", next_action="activate", since=person.created_at)


def _password(person: Person, chain: Chain, now: datetime) -> Verdict:
    opens = may_sign_in_with(person, now=now)
    if not opens:
        return opens
    return may_keep_password(person, has_factor=bool(chain.gates and chain.gates.has_factor), now=now)


def _pause(until: datetime | None) -> Verdict:
    if until is None:
        return yes("not_paused")
    return no("paused", actor="person", next_action="device_link", since=until)


def _second_factor(person: Person, gates: GateFacts) -> Verdict:
    if gates.has_factor:
        return yes("factor_ready")
    if needs_second_factor(person, is_plsa=gates.is_plsa):
        return no("factor_missing", actor="person", next_action="set_up_factor")
    return yes("factor_optional")


def _mandate(plsas: int) -> Verdict:
    if plsas:
        return yes("has_plsa")
    return no("no_plsa", actor="legal_representative", next_action="designate_plsa")
