"""Tasks that run by the clock. Workers all look at it; the unique row of a slot decides which one fires."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import ParamSpec, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules
from django_tasks import TaskResultStatus
from django_tasks.base import Task

P = ParamSpec("P")
T = TypeVar("T")
Schedulable = Task[[], None]


@dataclass(frozen=True, slots=True)
class Schedule:
    """A task and when it is due: each `period`, or each day `at` an hour of the organisation's zone."""

    work: Schedulable
    period: timedelta | None = None
    at: time | None = None

    @property
    def name(self) -> str:
        return self.work.module_path

    def slot(self, now: datetime) -> datetime:
        """The latest instant, not after `now`, at which this schedule was due."""
        if self.period is not None:
            seconds = int(self.period.total_seconds())
            return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, tz=UTC)
        zone = timezone.get_default_timezone()
        day = now.astimezone(zone).date()
        while (due := datetime.combine(day, self.at or time.min, tzinfo=zone).astimezone(UTC)) > now:
            day -= timedelta(days=1)
        return due


SCHEDULES: dict[str, Schedule] = {}


def every(*, minutes: float) -> Callable[[Task[[], None]], Task[[], None]]:
    """Run a task without arguments each so many minutes. Slots missed while no worker ran count as one."""
    if minutes * 60 < 1 or minutes * 60 != int(minutes * 60):
        raise ValueError("a schedule's period is a whole number of seconds")
    return lambda work: _register(Schedule(work, period=timedelta(minutes=minutes)))


def daily(*, at: str) -> Callable[[Task[[], None]], Task[[], None]]:
    """Run a task without arguments each day at "HH:MM" in the organisation's zone, or when a worker next runs."""
    hour = time.fromisoformat(at)
    return lambda work: _register(Schedule(work, at=hour))


def _register(schedule: Schedule) -> Schedulable:
    SCHEDULES[schedule.name] = schedule
    return schedule.work


def discover() -> dict[str, Schedule]:
    """Every schedule of the installed apps: those declared in their `tasks` modules."""
    autodiscover_modules("tasks")
    return SCHEDULES


def fire(schedule: Schedule, *, now: datetime) -> bool:
    """Take the present slot and queue its task, in one transaction; False when another worker has taken it.

    While an earlier run still waits for a worker, the slot is taken without queueing a second one.
    """
    from django_tasks_db.models import DBTaskResult, get_date_max

    from passerelle.jobs.models import Slot

    slot_at = schedule.slot(now)
    if Slot.objects.filter(name=schedule.name, slot_at=slot_at).exists():
        return False
    try:
        with transaction.atomic():
            Slot.objects.create(name=schedule.name, slot_at=slot_at, taken_at=now)
            waiting = DBTaskResult.objects.filter(
                Q(run_after=get_date_max()) | Q(run_after__lte=now),
                status=TaskResultStatus.READY,
                task_path=schedule.name,
            )
            if not waiting.exists():
                schedule.work.enqueue()
    except IntegrityError:
        return False
    return True
