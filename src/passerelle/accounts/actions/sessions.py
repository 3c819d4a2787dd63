"""Ending sessions one by one, or all but one (D11). The credential epoch stays: these rows end, nothing else."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from passerelle.accounts.actions.states import lock
from passerelle.accounts.mails import security
from passerelle.accounts.models import Session
from passerelle.accounts.rules.sessions import session_handle
from passerelle.audit.record import record
from passerelle.audit.tags import Tag
from passerelle.core.actor import Actor
from passerelle.core.errors import Refused


@transaction.atomic
def end_session(*, person_id: int, handle: str, actor: Actor, now: datetime) -> Session:
    """End one session of a person, named by its handle. Refuses `session_unknown`, for another person's too."""
    person = lock(person_id)
    found = [row for row in Session.objects.filter(person=person) if session_handle(row.session_key) == handle]
    if not found:
        raise Refused("session_unknown")
    row = found[0]
    Session.objects.filter(session_key=row.session_key).delete()
    record(
        Tag.SESSIONS_ENDED, actor=actor, now=now, subject_key=person.key, person_key=person.key,
        new={"count": 1, "device": row.device, "address": row.address},
    )  # fmt: skip
    return row


@transaction.atomic
def end_other_sessions(
    *, person_id: int, actor: Actor, now: datetime, keep: str = "", company_key: str = "", of_company_only: bool = False
) -> int:
    """End every session of a person but the one whose session key is `keep`; answers how many there were.

    `company_key` names the company for which a PLSA acts; `of_company_only` leaves the sessions for others open.
    Whoever ends somebody else's sessions keeps none, and their owner is told by mail.
    """
    person = lock(person_id)
    rows = Session.objects.filter(person=person).exclude(session_key=keep)
    ended = (rows.filter(company_key=company_key) if of_company_only else rows).delete()[0]
    if not ended:
        return 0
    record(
        Tag.SESSIONS_ENDED, actor=actor, now=now, subject_key=person.key, person_key=person.key,
        company_key=company_key, new={"count": ended},
    )  # fmt: skip
    if actor.key != person.key:
        security.sessions_ended(person, count=ended, now=now)
    return ended
