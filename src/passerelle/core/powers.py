"""Who may do what: one table of roles and verbs. docs/generated/powers.md is printed from it."""

from __future__ import annotations

from enum import StrEnum

from passerelle.core.actor import Actor, ActorKind


class Role(StrEnum):
    PURCHASING = "purchasing"
    ASSISTANCE = "assistance"
    EDITOR = "editor"
    ADMINISTRATOR = "administrator"


class Verb(StrEnum):
    SEE_OPENINGS = "see_openings"
    DECIDE_OPENINGS = "decide_openings"
    SEE_COMPANIES = "see_companies"
    CHANGE_COMPANIES = "change_companies"
    SUSPEND_ACCESS = "suspend_access"
    SEE_PEOPLE = "see_people"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_STAFF = "manage_staff"
    SEE_TICKETS = "see_tickets"
    ANSWER_TICKETS = "answer_tickets"
    SEE_MAILS = "see_mails"
    SEE_TRAIL = "see_trail"


POWERS: dict[Role, frozenset[Verb]] = {
    Role.PURCHASING: frozenset({Verb.SEE_OPENINGS, Verb.SEE_COMPANIES, Verb.CHANGE_COMPANIES, Verb.SEE_TRAIL}),
    Role.ASSISTANCE: frozenset(
        {
            Verb.SEE_OPENINGS,
            Verb.DECIDE_OPENINGS,
            Verb.SEE_COMPANIES,
            Verb.SUSPEND_ACCESS,
            Verb.SEE_PEOPLE,
            Verb.MANAGE_PEOPLE,
            Verb.SEE_TICKETS,
            Verb.ANSWER_TICKETS,
            Verb.SEE_MAILS,
            Verb.SEE_TRAIL,
        }
    ),
    Role.EDITOR: frozenset({Verb.SEE_COMPANIES}),
    Role.ADMINISTRATOR: frozenset(Verb),
}


def may(actor: Actor, verb: Verb) -> bool:
    """Whether the actor holds the power. The system acts for itself; only staff hold powers of the desk."""
    if actor.kind is ActorKind.SYSTEM:
        return True
    if actor.kind is not ActorKind.STAFF:
        return False
    return any(verb in verbs for role, verbs in POWERS.items() if role.value in actor.roles)
