"""Moves between the states of a login, which end its sessions."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from passerelle.accounts.enums import MOVES, LoginState, StateReason
from passerelle.accounts.models import Person, Session
from passerelle.accounts.rules import standing
from passerelle.audit.record import record
from passerelle.audit.tags import Tag
from passerelle.core.actor import Actor
from passerelle.core.errors import Refused


def lock(person_id: int) -> Person:
    return Person.objects.select_for_update().get(pk=person_id)


def end_sessions(person: Person) -> int:
    """End every session of the login at once; answers how many there were. Call inside an action's transaction."""
    ended, _ = Session.objects.filter(person=person).delete()
    return ended


@transaction.atomic
def change_state(
    *,
    person_id: int,
    to: LoginState,
    reason: StateReason | None = None,
    note: str = "",
    company_key: str = "",
    actor: Actor,
    now: datetime,
) -> Person:
    """Move a login to another state, with who and why (D3). Ends its sessions unless it becomes active.

    `reason` is asked for every state but active, where it is left out. Refuses `login_move` when the table of states
    has no such move (a deleted login stays deleted), and `login_reason` when that state has no such reason. Who may
    lift what is the caller's question (`rules.may_lift`). `note` says why in the trail; `company_key` names the company
    for which a PLSA acts.
    """
    person = lock(person_id)
    was = LoginState(person.state)
    if to not in MOVES[was]:
        raise Refused("login_move", was=was.value, to=to.value)
    if to is not LoginState.ACTIVE and standing(to, reason) is None:
        raise Refused("login_reason", to=to.value)
    person.state, person.state_since, person.state_by = to, now, actor.name[:300]
    person.state_reason = reason.value if reason and to is not LoginState.ACTIVE else ""
    if to is LoginState.ACTIVE:
        person.unused_warned_at = None
    else:
        person.credential_epoch += 1
        end_sessions(person)
    person.save()
    record(
        Tag.LOGIN_STATE_CHANGED, actor=actor, now=now, subject_key=person.key, person_key=person.key,
        company_key=company_key, old={"state": was.value},
        new={"state": to.value, "reason": person.state_reason} | ({"note": note} if note else {}),
    )  # fmt: skip
    return person
