"""Keeping the tables of tasks small."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from passerelle.core import clock
from passerelle.jobs.models import Attempt, Slot
from passerelle.jobs.schedules import daily
from passerelle.jobs.work import task

KEEP_DONE = timedelta(days=7)
KEEP_FAILED = timedelta(days=60)
KEEP_SLOTS = timedelta(days=90)
CHUNK = 1000


@daily(at="03:10")
@task(tries=3)
def prune() -> None:
    """Delete what is known of tasks long done, a chunk at a time so that no lock is held for long."""
    now = clock.now()
    old = DBTaskResult.objects.filter(
        Q(status=TaskResultStatus.SUCCESSFUL, finished_at__lt=now - KEEP_DONE)
        | Q(status=TaskResultStatus.FAILED, finished_at__lt=now - KEEP_FAILED)
    ).order_by()
    while ids := list(old.values_list("pk", flat=True)[:CHUNK]):
        Attempt.objects.filter(task_id__in=ids).delete()
        DBTaskResult.objects.filter(pk__in=ids).delete()
    Slot.objects.filter(taken_at__lt=now - KEEP_SLOTS).delete()
