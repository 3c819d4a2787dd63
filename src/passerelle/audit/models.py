"""The append-only trail: plain lines, and the seals one worker puts on them."""

from __future__ import annotations

from typing import Any, NoReturn

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


class AppendOnly(models.QuerySet[Any]):
    """Lines are written once. The chain of seals shows whoever goes round this from below."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("the trail is append-only")

    def delete(self) -> NoReturn:
        raise TypeError("the trail is append-only")


class Event(models.Model):
    """What happened, who did it, to whom. Actor and subject are copied as text: no foreign key leaves this app."""

    at = models.DateTimeField(db_index=True)
    tag = models.CharField(max_length=80, db_index=True)
    actor_kind = models.CharField(max_length=10)
    actor_key = models.CharField(max_length=40, blank=True)
    actor_name = models.CharField(max_length=300, blank=True)
    address = models.CharField(max_length=45, blank=True)
    subject_key = models.CharField(max_length=40, blank=True, db_index=True)
    company_key = models.CharField(max_length=40, blank=True, db_index=True)
    person_key = models.CharField(max_length=40, blank=True, db_index=True)
    old = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    new = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    objects = models.Manager.from_queryset(AppendOnly)()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.tag} {self.actor_name}"


class Seal(models.Model):
    """One link of the hash chain: the digest of an event and of the seal before it."""

    number = models.BigIntegerField(unique=True)
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="seal")
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)
    sealed_at = models.DateTimeField()

    objects = models.Manager.from_queryset(AppendOnly)()

    def __str__(self) -> str:
        return f"{self.number} {self.digest[:12]}"
