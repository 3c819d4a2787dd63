"""Acts on somebody's login by a PLSA of the same company or by the Assistance (D3, D10, decision 17).

Who may do what stands in `rules.people`; each act asks it again under the locks, so that a button of a stale page does
nothing. A PLSA names the company for which they act by `company_key`, the Assistance names none. The acts refuse with

- `no_power`: neither a PLSA of that company now, nor staff with the power;
- `person_unknown`: no such person, or none of that company, which is the same answer;
- the reasons of `rules.people.may_do`.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from passerelle import brand
from passerelle.accounts import actions as accounts
from passerelle.accounts.actions.email_changes import ask_email_change_for, cancel_email_change
from passerelle.accounts.actions.removals import ask_removal
from passerelle.accounts.actions.sessions import end_other_sessions
from passerelle.accounts.enums import Lifter, LoginState, StateReason
from passerelle.accounts.models import EmailChange, FactorRemoval, Person
from passerelle.audit.record import record
from passerelle.audit.tags import Tag
from passerelle.core.actor import Actor, ActorKind
from passerelle.core.errors import Refused
from passerelle.entry.mails import people as mails
from passerelle.entry.queries.people import reach_of_plsa, reach_of_staff, team_of
from passerelle.entry.rules.people import Act, Reach, may_do
from passerelle.mail import links
from passerelle.memberships import actions as memberships
from passerelle.memberships.enums import EndReason
from passerelle.memberships.models import Membership
from passerelle.memberships.queries import plsas_beside
from passerelle.suppliers.models import Company

RECOVERY = "recovery"
ACTIVATION = "activation"
# Links by which somebody who holds the mailbox could still use or open a login that was taken from its user.
OPENING_LINKS = (RECOVERY, ACTIVATION, "device", "lift")


@transaction.atomic
def lift(*, person_key: str, company_key: str = "", note: str = "", actor: Actor, now: datetime) -> Person:
    """Make a suspended or blocked login active again, as far as who acts may lift it (D3).

    A membership that a PLSA of this company suspended is brought back with its mandates; the login is left alone.
    """
    reach, company = _allowed(Act.LIFT, person_key, company_key, actor, now)
    person = reach.person
    if reach.suspended_here and company is not None:
        memberships.join(
            person_id=person.pk, person_key=person.key, company_id=company.pk, company_key=company.key, actor=actor,
            now=now,
        )  # fmt: skip
        mails.people_state(person, company, what="company_resumed", actor=actor, now=now)
        return person
    links.void("lift", person.key, now)
    person = accounts.change_state(
        person_id=person.pk, to=LoginState.ACTIVE, note=note, company_key=company_key, actor=actor, now=now
    )
    mails.people_state(person, company, what="lifted", actor=actor, now=now)
    return person


@transaction.atomic
def suspend(*, person_key: str, note: str, company_key: str = "", actor: Actor, now: datetime) -> Person:
    """Suspend a login, with the reason why; its sessions end. The company's last PLSA is suspended by no PLSA.

    Where another company counts on the login, a PLSA suspends the membership of the own company only.
    Refuses `note_missing` too.
    """
    if not note.strip():
        raise Refused("note_missing", field="note")
    reach, company = _allowed(Act.SUSPEND, person_key, company_key, actor, now)
    if reach.for_company_only:
        return _end_membership(reach, company, EndReason.SUSPENDED, note, actor, now)
    why = StateReason.BY_PLSA if reach.by is Lifter.PLSA else StateReason.BY_ASSISTANCE
    return _stop(reach, company, LoginState.SUSPENDED, why, "suspended", note, actor, now)


@transaction.atomic
def block_as_stolen(*, person_key: str, note: str, company_key: str = "", actor: Actor, now: datetime) -> Person:
    """Block a login whose owner says that somebody else uses it. Only the Assistance blocks, and lifts it again."""
    if not note.strip():
        raise Refused("note_missing", field="note")
    reach, company = _allowed(Act.BLOCK, person_key, company_key, actor, now)
    if reach.state is LoginState.BLOCKED:  # by the former password, which the owner's link could lift
        accounts.change_state(
            person_id=reach.person.pk, to=LoginState.SUSPENDED, reason=StateReason.BY_ASSISTANCE, actor=actor, now=now
        )
    return _stop(reach, company, LoginState.BLOCKED, StateReason.STOLEN, "blocked", note, actor, now)


@transaction.atomic
def delete_login(*, person_key: str, company_key: str = "", note: str = "", actor: Actor, now: datetime) -> Person:
    """Delete a login for good; a tombstone stays, so that it is never used again (D1).

    Where another company counts on the login, a PLSA ends the membership of the own company and nothing else.
    """
    reach, company = _allowed(Act.DELETE, person_key, company_key, actor, now)
    if reach.for_company_only:
        return _end_membership(reach, company, EndReason.LEFT, note, actor, now)
    for membership in Membership.objects.filter(person=reach.person):
        if membership.ended_at is None or membership.end_reason == EndReason.SUSPENDED:
            memberships.end_membership(
                membership_id=membership.pk, reason=EndReason.LOGIN_DELETED, actor=actor, now=now
            )
    why = StateReason.BY_PLSA if reach.by is Lifter.PLSA else StateReason.BY_ASSISTANCE
    return _stop(reach, company, LoginState.DELETED, why, "deleted", note, actor, now)


@transaction.atomic
def send_password_link(*, person_key: str, company_key: str = "", actor: Actor, now: datetime) -> Person:
    """Send the person a link to choose a new password, to the registered address (D10, decision 17).

    Who asks never sees nor chooses a password, and the present one stays until the link is used. A login that was
    never activated gets its activation again. The door counts how often.
    """
    reach, company = _allowed(Act.PASSWORD_LINK, person_key, company_key, actor, now)
    person, policies = reach.person, brand.current().policies
    first = person.activated_at is None
    purpose = ACTIVATION if first else RECOVERY
    lasts = timedelta(days=policies.activation_link_days) if first else timedelta(minutes=policies.recovery_minutes)
    link = links.issue(purpose, subject_key=person.key, recipient=person.email, expires_at=now + lasts, now=now)
    tell = mails.people_activation if first else mails.people_password
    tell(person, company, link=link, actor=actor, now=now)
    record(
        Tag.ACTIVATION_SENT if first else Tag.RECOVERY_SENT, actor=actor, now=now, subject_key=person.key,
        company_key=company_key, person_key=person.key,
    )  # fmt: skip
    return person


@transaction.atomic
def end_sessions(*, person_key: str, company_key: str = "", actor: Actor, now: datetime) -> int:
    """End the open sessions of the person, who is told by mail; answers how many there were.

    Where another company counts on the login, a PLSA ends those for the own company only.
    """
    reach, _company = _allowed(Act.END_SESSIONS, person_key, company_key, actor, now)
    return end_other_sessions(
        person_id=reach.person.pk, actor=actor, now=now, company_key=company_key, of_company_only=reach.for_company_only
    )


@transaction.atomic
def ask_factor_removal(*, person_key: str, company_key: str = "", actor: Actor, now: datetime) -> FactorRemoval:
    """Ask to remove the second factor of somebody who lost it: it waits, and its owner can stop it (decision 17).

    A PLSA is offered it for every login, so that the offer tells nothing. Refuses `removal_waits`, and
    `assistance_only` where another company counts on the login: the door passes the wish on to the Assistance.
    """
    reach, _company = _allowed(Act.REMOVE_FACTOR, person_key, company_key, actor, now)
    if reach.for_company_only:
        raise Refused("assistance_only")
    if reach.removal_waits:
        raise Refused("removal_waits")
    return ask_removal(person_id=reach.person.pk, actor=actor, now=now)


@transaction.atomic
def change_email(
    *, person_key: str, email: str, note: str, company_key: str = "", actor: Actor, now: datetime
) -> EmailChange:
    """Ask for another address of somebody who lost the mailbox, with how they were known (ADR 0020).

    It waits: the present mailbox is told at once and can stop it, and so are the PLSAs of the person's companies.
    Refuses `note_missing` and, of the address, what `ask_email_change_for` refuses.
    """
    if not note.strip():
        raise Refused("note_missing", field="note")
    reach, _company = _allowed(Act.CHANGE_EMAIL, person_key, company_key, actor, now)
    change = ask_email_change_for(person_id=reach.person.pk, email=email, note=note, actor=actor, now=now)
    for plsa, company in plsas_beside(change.person, now):
        mails.email_of_colleague(plsa, change, company, actor=actor, now=now)
    return change


@transaction.atomic
def stop_email(*, person_key: str, company_key: str = "", actor: Actor, now: datetime) -> EmailChange:
    """Stop the change of address that the Assistance asked for; the person is told. Refuses `no_email_waits`."""
    reach, _company = _allowed(Act.STOP_EMAIL, person_key, company_key, actor, now)
    return cancel_email_change(person_id=reach.person.pk, actor=actor, now=now)


def perform(
    *, act: Act, person_key: str, company_key: str = "", note: str = "", email: str = "", actor: Actor, now: datetime
) -> None:
    """Do the act that a page asks for, as the functions above say."""
    match act:
        case Act.LIFT:
            lift(person_key=person_key, company_key=company_key, note=note, actor=actor, now=now)
        case Act.PASSWORD_LINK:
            send_password_link(person_key=person_key, company_key=company_key, actor=actor, now=now)
        case Act.CHANGE_EMAIL:
            change_email(person_key=person_key, company_key=company_key, email=email, note=note, actor=actor, now=now)
        case Act.STOP_EMAIL:
            stop_email(person_key=person_key, company_key=company_key, actor=actor, now=now)
        case Act.END_SESSIONS:
            end_sessions(person_key=person_key, company_key=company_key, actor=actor, now=now)
        case Act.REMOVE_FACTOR:
            ask_factor_removal(person_key=person_key, company_key=company_key, actor=actor, now=now)
        case Act.SUSPEND:
            suspend(person_key=person_key, company_key=company_key, note=note, actor=actor, now=now)
        case Act.BLOCK:
            block_as_stolen(person_key=person_key, company_key=company_key, note=note, actor=actor, now=now)
        case Act.DELETE:
            delete_login(person_key=person_key, company_key=company_key, note=note, actor=actor, now=now)


def _allowed(act: Act, person_key: str, company_key: str, actor: Actor, now: datetime) -> tuple[Reach, Company | None]:
    """The login as who acts stands to it, under its lock. Refuses what the rules refuse."""
    # Both in one order: of two who suspend each other at one instant, the second finds their power gone.
    keys = {person_key, actor.key}
    locked = {row.key: row for row in Person.objects.select_for_update().filter(key__in=keys).order_by("pk")}
    if actor.kind is ActorKind.STAFF:
        person = locked.get(person_key)
        if person is None:
            raise Refused("person_unknown")
        reach, company = reach_of_staff(actor, person, now), None
        if reach is None:
            raise Refused("no_power")
    else:
        team = team_of(actor, company_key, now)
        if team is None:
            raise Refused("no_power")
        reach, company = reach_of_plsa(team, person_key, now), team.company
        if reach is None:
            raise Refused("person_unknown")
    verdict = may_do(act, reach)
    if not verdict:
        raise Refused(verdict.reason, since=verdict.since)
    return reach, company


def _stop(
    reach: Reach, company: Company | None, to: LoginState, why: StateReason, what: str, note: str, actor: Actor,
    now: datetime,
) -> Person:  # fmt: skip
    person = reach.person
    for purpose in OPENING_LINKS:
        links.void(purpose, person.key, now)
    person = accounts.change_state(
        person_id=person.pk, to=to, reason=why, note=note, company_key=company.key if company else "", actor=actor,
        now=now,
    )  # fmt: skip
    mails.people_state(person, company, what=what, actor=actor, now=now)
    return person


def _end_membership(
    reach: Reach, company: Company | None, why: EndReason, note: str, actor: Actor, now: datetime
) -> Person:
    if reach.membership is None:
        raise Refused("person_unknown")
    memberships.end_membership(membership_id=reach.membership.pk, reason=why, note=note, actor=actor, now=now)
    what = "company_suspended" if why is EndReason.SUSPENDED else "company_ended"
    mails.people_state(reach.person, company, what=what, actor=actor, now=now)
    return reach.person
