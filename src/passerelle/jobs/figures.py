"""Figures about the queue, for the metrics page, the readiness check and the doctor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django_tasks import TaskResultStatus


@dataclass(frozen=True, slots=True)
class State:
    """`ready` tasks wait (`due` of them could run now), `running` ones hold a lease, `failed` ones were given up.

    `oldest_due_age` is how long the oldest task that could run has been waiting; `last_beat_at` the latest sign of life
    of a worker that holds or held a schedule's slot.
    """

    ready: int
    due: int
    running: int
    failed: int
    oldest_due_age: timedelta
    last_beat_at: datetime | None


def state(*, now: datetime) -> State:
    """The queue as it stands. A handful of indexed questions: fit for being asked each few seconds."""
    from django.db.models import Min
    from django.db.models.functions import Least
    from django_tasks_db.models import DBTaskResult

    from passerelle.jobs.models import Attempt, Slot

    waiting = DBTaskResult.objects.filter(status=TaskResultStatus.READY)
    ready = waiting.count()
    due = DBTaskResult.objects.ready()
    # A task queued "now" carries the end of time as its instant, so the earlier of the two tells since when it waits.
    oldest = due.order_by().aggregate(at=Min(Least("enqueued_at", "run_after")))["at"]
    kept = Attempt.objects.filter(leased_until__isnull=True).values("task_id")
    return State(
        ready=ready,
        due=due.count() if ready else 0,
        running=Attempt.objects.filter(leased_until__isnull=False).count(),
        failed=DBTaskResult.objects.filter(status=TaskResultStatus.FAILED, id__in=kept).count(),
        oldest_due_age=max(now - oldest, timedelta()) if oldest else timedelta(),
        last_beat_at=Slot.objects.order_by("-pk").values_list("taken_at", flat=True).first(),
    )
