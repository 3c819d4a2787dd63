"""Ending sessions one by one, or all but one (D11). The credential epoch stays: known browsers stay known."""

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

    What is under way ends too: a sign-in that waits for its second factor, and a session that is written a moment
    later. The door marks the one it keeps: `spared_at` is then the person's `sessions_ended_at`.

    What is under way ends too: a sign-in that waits for the second factor, and a session that is written a moment
    later. The door marks the one it keeps (`spared_at`) with the instant kept on the person, `sessions_ended_at`.

    `company_key` names the company for which a PLSA acts; `of_company_only` leaves the sessions for others open, and
    a sign-in under way, which is for no company yet.
    Whoever ends somebody else's sessions keeps none, and their owner is told by mail.
    """
    person = lock(person_id)
    if not of_company_only:
        # A sign-in that was faster than this lock counts as one before it, whatever the clocks of two machines say.
        person.sessions_ended_at = max(now, person.last_sign_in_at or now)
        person.save(update_fields=["sessions_ended_at"])
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
