"""What the clock does: reminders, and the end of what nobody finishes (decision 7)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from passerelle import brand
from passerelle.audit.tags import Tag
from passerelle.core.actor import SYSTEM
from passerelle.opening import mails
from passerelle.opening.actions.base import advance, issue_terms_link, lock_opening, void_terms_link, write
from passerelle.opening.enums import LIVING, MAY_LAPSE, OpeningState, Step
from passerelle.opening.models import Opening


def lapse_due(*, now: datetime) -> int:
    """End every opening whose time is over or whose company was closed (H4), each in its own transaction; answers how
    many. Those that wait for the Assistance alone stay at the desk."""
    over = Q(lapses_at__lte=now) | Q(company__active=False)
    keys = list(Opening.objects.filter(over, state__in=MAY_LAPSE).values_list("key", flat=True)[:1000])
    return sum(_lapse(key, now=now) for key in keys)


@transaction.atomic
def _lapse(key: str, *, now: datetime) -> bool:
    opening = lock_opening(key)
    closed = not opening.company.active
    if opening.state not in MAY_LAPSE or (opening.lapses_at > now and not closed):
        return False
    void_terms_link(opening, now=now)
    new = {"reason": "company_closed" if closed else "time_over"}
    advance(opening, Step.LAPSE, tag=Tag.OPENING_LAPSED, actor=SYSTEM, now=now, new=new)
    if not closed:
        mails.lapsed(opening, now=now)
    return True


def remind_due(*, now: datetime) -> int:
    """Remind whoever holds what waits, on the days the brand says after its step began; answers how many mails.

    After an outage of weeks several reminders are due at once: an opening gets the latest, and that one alone.
    """
    days = brand.current().policies.opening_reminder_days
    sent = 0
    for number, day in reversed(list(enumerate(days, start=1))):
        late = Opening.objects.filter(
            state__in=[OpeningState.AWAITING, OpeningState.TO_VERIFY],
            reminders__lt=number,
            state_since__lte=now - timedelta(days=day),
            lapses_at__gt=now,
            company__active=True,
        )
        for key in list(late.values_list("key", flat=True)[:1000]):
            sent += _remind(key, number, now=now)
    return sent


@transaction.atomic
def _remind(key: str, number: int, *, now: datetime) -> bool:
    opening = lock_opening(key)
    if opening.state not in LIVING or opening.reminders >= number:
        return False
    opening.reminders = number
    opening.save(update_fields=["reminders"])
    if opening.state == OpeningState.TO_VERIFY:
        mails.to_verify(opening, now=now)
    elif opening.state == OpeningState.AWAITING:
        link = opening.terms_link
        if link is None or link.expires_at <= now or link.superseded_at is not None:
            link = issue_terms_link(opening, now=now)
            opening.terms_link, opening.terms_sent_at = link, now
            opening.save(update_fields=["terms_link", "terms_sent_at"])
        mails.reminder(opening, link=link, now=now)
    else:
        return False
    write(opening, Tag.OPENING_REMINDED, actor=SYSTEM, now=now, new={"number": number})
    return True
