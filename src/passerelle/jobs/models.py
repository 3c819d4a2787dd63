"""What the task library lacks: tries with backoff, leases, and slots of schedules that fire once."""

from __future__ import annotations

from django.db import models


class Slot(models.Model):
    """A period of a schedule that some worker has taken: the unique row is the lock."""

    name = models.CharField(max_length=100)
    slot_at = models.DateTimeField()
    taken_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "slot_at"], name="jobs_slot_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.slot_at:%Y-%m-%d %H:%M}"


class Attempt(models.Model):
    """The tries of one task, and the lease its worker renews while it runs."""

    task_id = models.UUIDField(unique=True)
    tries = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True, db_index=True)
    last_error = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return f"{self.task_id} {self.tries}"
