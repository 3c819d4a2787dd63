"""What workers write about tasks: claim, renew, finish, put back. Each is one short transaction.

A claim is fenced by the id of the lane that made it: one that was taken for dead and comes back changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from traceback import format_exception
from typing import Any
from uuid import UUID

from django.core.exceptions import SuspiciousOperation
from django.db import transaction
from django.db.models import F
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from passerelle.jobs.models import Attempt
from passerelle.jobs.work import LOST_WORKERS, Retry

LEASE = timedelta(seconds=45)
# A task that this process does not know may be one of a newer version that is being rolled out: wait for it.
UNKNOWN_TASK = Retry(tries=20)


@dataclass(frozen=True, slots=True)
class Claim:
    """A task that one lane holds, and how many times it has been started, this one included."""

    row: DBTaskResult[Any, Any]
    lane: str
    tries: int


def policy_of(row: DBTaskResult[Any, Any]) -> Retry:
    try:
        return getattr(row.task, "retry", Retry(tries=1))
    except (ImportError, SuspiciousOperation):
        return UNKNOWN_TASK


def claim(lane: str, queues: list[str], *, now: datetime) -> Claim | None:
    """Take the next due task of these queues, or None. No two lanes of any worker are given the same one."""
    due = DBTaskResult.objects.ready().filter(queue_name__in=queues)
    if not due.exists():  # a look costs nothing; a transaction takes SQLite's only write lock
        return None
    with transaction.atomic():
        row = due.select_for_update(skip_locked=True).first()
        if row is None:
            return None
        attempt, _ = Attempt.objects.get_or_create(task_id=row.pk)
        attempt.tries += 1
        attempt.leased_until = now + LEASE
        attempt.save(update_fields=["tries", "leased_until"])
        row.status = TaskResultStatus.RUNNING
        row.started_at = now
        row.worker_ids = [lane]
        row.save(update_fields=["status", "started_at", "worker_ids"])
    return Claim(row, lane, attempt.tries)


def renew(task_ids: list[UUID], *, now: datetime) -> None:
    """Say that these tasks are still being worked on."""
    if task_ids:
        Attempt.objects.filter(task_id__in=task_ids, leased_until__isnull=False).update(leased_until=now + LEASE)


def _close(claim: Claim, **changes: Any) -> bool:
    """Change the task if the claim still holds; False when somebody else has taken it over."""
    held = DBTaskResult.objects.filter(pk=claim.row.pk, status=TaskResultStatus.RUNNING, worker_ids=[claim.lane])
    return bool(held.update(**changes))


def succeed(claim: Claim, *, now: datetime) -> bool:
    with transaction.atomic():
        held = _close(claim, status=TaskResultStatus.SUCCESSFUL, finished_at=now, exception_class_path="", traceback="")
        if held:
            Attempt.objects.filter(task_id=claim.row.pk).delete()
    return held


def postpone(claim: Claim, delay: timedelta, *, now: datetime) -> bool:
    """The task asked to be run later; this start is not counted."""
    with transaction.atomic():
        held = _close(claim, status=TaskResultStatus.READY, run_after=now + delay, started_at=None)
        if held:
            Attempt.objects.filter(task_id=claim.row.pk).update(tries=F("tries") - 1, leased_until=None)
    return held


def fail(claim: Claim, error: BaseException, *, now: datetime) -> timedelta | None:
    """The task raised an error: it is tried again after the answered delay, or given up (None) with its traceback."""
    retry = policy_of(claim.row)
    delay = retry.delay(claim.tries) if retry.again(claim.tries) else None
    changes: dict[str, Any] = {"status": TaskResultStatus.READY, "started_at": None}
    if delay is None:
        changes = {"status": TaskResultStatus.FAILED, "finished_at": now}
    else:
        changes["run_after"] = now + delay
    with transaction.atomic():
        kind = f"{type(error).__module__}.{type(error).__qualname__}"
        if _close(claim, exception_class_path=kind, traceback=_words(error), **changes):
            Attempt.objects.filter(task_id=claim.row.pk).update(leased_until=None, last_error=kind[:500])
    return delay


def _words(error: BaseException) -> str:
    return "".join(format_exception(error)).replace("\0", "")  # PostgreSQL keeps no null character


def put_back(attempt: Attempt, *, now: datetime) -> bool:
    """Return a task whose worker was lost to the queue; give it up when that has happened too often to be chance."""
    with transaction.atomic():
        lapsed = Attempt.objects.filter(pk=attempt.pk, leased_until=attempt.leased_until)
        if not lapsed.update(leased_until=None, last_error="its worker was lost"):
            return False
        row = DBTaskResult.objects.filter(pk=attempt.task_id).first()
        if row is None:
            Attempt.objects.filter(pk=attempt.pk).delete()
            return False
        changes: dict[str, Any] = {"status": TaskResultStatus.READY, "run_after": get_date_max(), "started_at": None}
        tries = policy_of(row).tries
        if tries is not None and attempt.tries >= max(tries, LOST_WORKERS):
            changes = {"status": TaskResultStatus.FAILED, "finished_at": now, "traceback": "its workers were lost"}
        return bool(DBTaskResult.objects.filter(pk=row.pk, status=TaskResultStatus.RUNNING).update(**changes))
