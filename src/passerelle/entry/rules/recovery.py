"""Forgotten login and password: when typed values belong together, and what follows when they do (D8–D10)."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from passerelle import brand
from passerelle.accounts.models import Person
from passerelle.entry.rules.entering import may_enter
from passerelle.mail.addresses import fold, fold_domain
from passerelle.mail.models import Link
from passerelle.memberships.models import Membership


class Branch(StrEnum):
    """What somebody meets whose three values belong together."""

    MAIL = "mail"  # the means to set a new password, by mail to the registered address
    ACTIVATION = "activation"  # the first password was never chosen: its link again
    PLSAS = "plsas"  # a message to the PLSAs of the company, who reset it
    ASSISTANCE = "assistance"  # a message to the Assistance


def same_address(typed: str, registered: str) -> bool:
    """Whether a typed address is the registered one (decision 16).

    The domain part counts in any case and spelling, the part before the @ letter by letter; the policy `email_match`
    relaxes that to any case.
    """
    if brand.current().policies.email_match == "casefold":
        return fold(typed) == fold(registered)
    local, at, host = typed.strip().rpartition("@")
    own, _, own_host = registered.rpartition("@")
    return bool(at) and local == own and fold_domain(host) == fold_domain(own_host)


def of_code(memberships: Sequence[Membership], cofor: str) -> Membership | None:
    """The membership of the company that holds the code, if the person has one."""
    return next((membership for membership in memberships if membership.company.cofor == cofor), None)


def branch_of(person: Person, memberships: Sequence[Membership], *, plsa: bool) -> Branch:
    """What follows a full match (D8, D10).

    `plsa` tells whether the person holds a mandate in force, whatever the state of their login: a PLSA who is
    suspended counts as none elsewhere, but gets the Assistance form here. Who has never chosen a password is sent the
    activation again, PLSA or not: it goes to the registered address and resets nothing.
    """
    verdict = may_enter(person, memberships)
    if verdict and person.activated_at is None:
        return Branch.ACTIVATION
    alone = plsa or brand.current().policies.user_recovery == "self"
    if verdict:
        return Branch.MAIL if alone else Branch.PLSAS
    return Branch.PLSAS if verdict.actor == "plsa" and not plsa else Branch.ASSISTANCE


def overtaken(person: Person, link: Link) -> bool:
    """Whether the password was changed after the link had been sent: the link is of the time before and sets none."""
    return person.password_changed_at is not None and person.password_changed_at > link.created_at
