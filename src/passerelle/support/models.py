"""Messages to the Assistance and, through the portal, to the PLSAs of a company."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from passerelle.core.keys import random_key
from passerelle.suppliers.models import Company
from passerelle.support.enums import TicketKind, TicketState


class Ticket(models.Model):
    """A message as it was typed, with the context it came from. `company` is set where the COFOR is known."""

    key = models.CharField(max_length=40, unique=True, default=random_key, editable=False)
    reference = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=15, choices=TicketKind)
    state = models.CharField(max_length=10, choices=TicketState, default=TicketState.OPEN)
    received_at = models.DateTimeField()
    language = models.CharField(max_length=10)
    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100)
    email = models.CharField(max_length=254)
    phone = models.CharField(max_length=40, blank=True)
    login = models.CharField(max_length=20, blank=True)
    cofor = models.CharField(max_length=20, blank=True)
    company_name = models.CharField(max_length=200, blank=True)
    identifiers = models.CharField(max_length=200, blank=True)  # VAT, D-U-N-S or order number of a company
    postcode = models.CharField(max_length=20, blank=True)
    subject = models.CharField(max_length=150)
    comments = models.TextField()
    context = models.JSONField(default=dict)  # the reason code and reference of the page it came from
    company = models.ForeignKey(Company, null=True, blank=True, on_delete=models.PROTECT, related_name="tickets")
    person_key = models.CharField(max_length=40, blank=True, db_index=True)
    relayed_to = models.PositiveSmallIntegerField(default=0)
    submission = models.CharField(max_length=64, unique=True)  # the form's own mark: a double click is one ticket
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state", "received_at"], name="support_ticket_queue")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", closed_at__isnull=True) | Q(state="closed", closed_at__isnull=False),
                name="support_ticket_closed_since",
            )
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.subject}"

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()
