"""Background work: tasks with tries and backoff, queued in the transaction that asks for them, and schedules.

    @jobs.task(tries=5)
    def send_reminder(opening_key: str) -> None: ...

    jobs.enqueue(send_reminder, opening.key)

A task runs at least once: a worker that was killed may have done its work without having said so. Write it so that
a second run finds nothing left to do.
"""

from passerelle.jobs.figures import State, state
from passerelle.jobs.schedules import daily, every
from passerelle.jobs.work import Later, Retry, enqueue, enqueue_at, task

__all__ = ["Later", "Retry", "State", "daily", "enqueue", "enqueue_at", "every", "state", "task"]
