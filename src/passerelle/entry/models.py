"""What a refused sign-in leaves behind for whom the caller asks: a number to read out (I5)."""

from __future__ import annotations

from django.db import models


class Diagnosis(models.Model):
    """One refused sign-in or recovery, found by the number its page showed, for 24 hours.

    The page shows the number alone; PLSA and Assistance read the cause. `login_key` is what was typed if it has the
    form of a login, and empty otherwise: people type passwords into the wrong field. `reason` is a code of the trail.
    """

    number = models.CharField(max_length=8, unique=True)
    at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    door = models.CharField(max_length=20)  # sign_in, second_factor, forgotten_password, forgotten_login
    login_key = models.CharField(max_length=20, blank=True)
    person_key = models.CharField(max_length=40, blank=True, db_index=True)
    reason = models.CharField(max_length=40)
    known_device = models.BooleanField(default=False)
    paused_until = models.DateTimeField(null=True, blank=True)
    address = models.CharField(max_length=45, blank=True)

    class Meta:
        verbose_name_plural = "diagnoses"

    def __str__(self) -> str:
        return f"{self.door} {self.reason}"
