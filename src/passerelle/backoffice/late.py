"""What waits for the Assistance longer than announced. The policies give the delay in working days.

A working day is Monday to Friday where the organisation is; public holidays count as working days, so that nothing is
found late too late. What came at a time of day is due at that time, so many working days on; what came on a weekend
counts from Monday, 00:00.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from passerelle import brand
from passerelle.opening.models import Opening
from passerelle.opening.queries import AT_THE_DESK
from passerelle.support.enums import TicketState
from passerelle.support.models import Ticket

FRIDAY = 4
DAY = timedelta(days=1)


def late_before(now: datetime, days: int) -> datetime:
    """What has waited since before this instant is later than `days` working days."""
    zone = brand.current().organisation.time_zone
    local = now.astimezone(zone)
    if local.weekday() > FRIDAY:  # a weekend adds nothing: as late as at the end of Friday
        local = datetime.combine(local.date() - DAY * (local.weekday() - FRIDAY - 1), time.min, zone)
    while days > 0:
        local -= DAY
        if local.weekday() <= FRIDAY:
            days -= 1
    return local


def openings_late_before(now: datetime) -> datetime:
    return late_before(now, brand.current().policies.verification_days)


def tickets_late_before(now: datetime) -> datetime:
    return late_before(now, brand.current().policies.answer_days)


def is_late(row: Opening | Ticket, now: datetime) -> bool:
    """Whether the Assistance has let it wait longer than was announced. Nobody is late for what waits for others."""
    if isinstance(row, Ticket):
        return row.state == TicketState.OPEN and row.received_at < tickets_late_before(now)
    return row.state in AT_THE_DESK and row.state_since < openings_late_before(now)
