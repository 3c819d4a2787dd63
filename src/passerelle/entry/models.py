"""What a refused sign-in leaves behind for whom the caller asks, and what was typed when a session had ended."""

from __future__ import annotations

from django.db import models

from passerelle.core.keys import random_key


class Diagnosis(models.Model):
    """One refused sign-in or recovery, found by the number its page showed, for 24 hours.

    The page shows the number alone; PLSA and Assistance read the cause. `login_key` is what was typed if it has the
    form of a login, and empty otherwise: people type passwords into the wrong field. `reason` is a code of the trail.
    """

    number = models.CharField(max_length=8, unique=True)
    at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    door = models.CharField(max_length=20)  # sign_in, second_factor, provider, forgotten_password …
    login_key = models.CharField(max_length=20, blank=True)
    person_key = models.CharField(max_length=40, blank=True, db_index=True)
    reason = models.CharField(max_length=40)
    known_device = models.BooleanField(default=False)
    paused_until = models.DateTimeField(null=True, blank=True)
    address = models.CharField(max_length=45, blank=True)

    class Meta:
        verbose_name_plural = "diagnoses"
        # A try that a pause refuses looks for the number of the one before it.
        indexes = [models.Index(fields=["address", "paused_until"], name="entry_diagnosis_paused")]

    def __str__(self) -> str:
        return f"{self.door} {self.reason}"


class Draft(models.Model):
    """A form that came when its sender's session had ended or a gate was shut: shown once more to the same person.

    `path` is the page after its language. `fields` are pairs of name and value, without secrets and files.
    A draft always has its person; one without, of an earlier version, is given to nobody.
    """

    key = models.CharField(max_length=40, unique=True, default=random_key, editable=False)
    path = models.CharField(max_length=500)
    fields = models.JSONField()
    person_key = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"draft of {self.created_at:%Y-%m-%d %H:%M}"
