"""Figures about the ledger of mails, for the metrics page and the doctor."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count, Min

from passerelle.mail.models import Message, MessageState

UNDER_WAY = (MessageState.QUEUED, MessageState.SENDING)


def by_state() -> dict[str, int]:
    """How many messages there are in each state, states without any included."""
    counts = dict(Message.objects.order_by().values_list("state").annotate(Count("pk")))
    return {state.value: counts.get(state.value, 0) for state in MessageState}


def longest_wait(*, now: datetime) -> timedelta:
    """For how long the oldest message that has not left has waited."""
    oldest = Message.objects.filter(state__in=UNDER_WAY).aggregate(at=Min("queued_at"))["at"]
    return max(now - oldest, timedelta()) if oldest else timedelta()
