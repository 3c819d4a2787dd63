"""Counters of the named limits. Own table: a cache forgets counters and a rollback erases them."""

from __future__ import annotations

from django.db import models


class Counter(models.Model):
    policy = models.CharField(max_length=60)
    subject = models.CharField(max_length=64)  # a keyed hash of the address, login or code: never the value itself
    window_start = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["policy", "subject", "window_start"], name="limits_counter_unique")
        ]
        indexes = [models.Index(fields=["window_start"], name="limits_counter_window")]

    def __str__(self) -> str:
        return f"{self.policy} {self.count}"


class Pause(models.Model):
    """Tries that failed one after the other for a subject, and until when the next one is refused (decision 14)."""

    policy = models.CharField(max_length=60)
    subject = models.CharField(max_length=64)  # a keyed hash, as in Counter
    tries = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(db_index=True)
    paused_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["policy", "subject"], name="limits_pause_once")]

    def __str__(self) -> str:
        return f"{self.policy} {self.tries}"
