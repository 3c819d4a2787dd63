"""The outbox, which is also the ledger (I7), and the links that mails carry."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper

from passerelle.core.keys import random_key


class MessageState(models.TextChoices):
    QUEUED = "queued", "queued"
    SENDING = "sending", "sending"  # claimed by a worker; after its lease another may claim it again
    SENT = "sent", "sent"
    REFUSED = "refused", "refused"  # the receiving server refused for good
    DROPPED = "dropped", "dropped"  # its link was superseded or voided before it left


class Link(models.Model):
    """A single-use link that a mail carries. The address holds an HMAC of this row, rendered at sending only.

    Spent by POST, never by opening (decision 9). Issuing a new one for the same purpose and subject supersedes it.
    """

    key = models.CharField(max_length=40, unique=True, default=random_key, editable=False)
    purpose = models.CharField(max_length=30)
    subject_key = models.CharField(max_length=40)
    recipient = models.CharField(max_length=254)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["purpose", "subject_key"], name="mail_link_subject")]
        constraints = [
            models.UniqueConstraint(
                fields=["purpose", "subject_key", "recipient"],
                condition=Q(used_at__isnull=True, superseded_at__isnull=True),
                name="mail_link_one_living",
            )
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.key[:6]}…"


class Message(models.Model):
    """One mail to one address: what to render, and what became of it. The body is rendered at sending, never stored.

    `message_id` is fixed at queueing: a crash between the server's 250 and our commit repeats the mail with the same
    Message-ID, which mail readers fold into one. `sensitive` bodies (they carry a link to a secret act) are never
    shown to staff.
    """

    key = models.CharField(max_length=40, unique=True, default=random_key, editable=False)
    message_id = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=60)  # the folder of its templates: "opening/terms"
    to_address = models.CharField(max_length=254)
    to_name = models.CharField(max_length=200, blank=True)
    reply_to = models.CharField(max_length=254, blank=True)
    language = models.CharField(max_length=10)
    context = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    attachments = models.JSONField(default=list)  # [{"source": "opening/record", "key": "…"}], read at sending
    link = models.ForeignKey(Link, null=True, blank=True, on_delete=models.PROTECT, related_name="messages")
    sensitive = models.BooleanField(default=False)
    subject_key = models.CharField(max_length=40, blank=True, db_index=True)
    company_key = models.CharField(max_length=40, blank=True, db_index=True)
    person_key = models.CharField(max_length=40, blank=True, db_index=True)

    state = models.CharField(max_length=10, choices=MessageState, default=MessageState.QUEUED)
    queued_at = models.DateTimeField(db_index=True)
    attempts = models.PositiveIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["state", "queued_at"], name="mail_message_state"),
            models.Index(Upper("to_address"), name="mail_message_to"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"
