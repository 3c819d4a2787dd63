"""The opening of an access: who asks, who represents the company, who will administer, and how far it is (C5–C8)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from passerelle.accounts.models import Person
from passerelle.core.keys import random_key
from passerelle.mail.models import Link
from passerelle.opening.enums import Basis, OpeningKind, OpeningState, PartyRole, RefusalReason
from passerelle.suppliers.models import Company
from passerelle.terms.models import Acceptance


class Opening(models.Model):
    """One claim on one company. Several may stand beside each other; at most one ends in state `open`.

    `reference` is what people read out and the representative's user name for the act (C6). `dedup_key` makes the
    same person's second request find the first: a keyed fold of company and requester, unique among living ones.
    `plsa_corrected` tells that the representative named another PLSA than the request did.
    """

    key = models.CharField(max_length=40, unique=True, default=random_key, editable=False)
    reference = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=12, choices=OpeningKind, default=OpeningKind.OPENING)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="openings")
    site_code = models.CharField(max_length=20, blank=True)
    site_known = models.BooleanField(null=True)
    language = models.CharField(max_length=10)
    state = models.CharField(max_length=15, choices=OpeningState, default=OpeningState.TO_VERIFY)
    state_since = models.DateTimeField()
    requested_at = models.DateTimeField()
    requested_from = models.CharField(max_length=45, blank=True)
    dedup_key = models.CharField(max_length=64)
    same_mailbox = models.BooleanField(default=False)  # the representative is the PLSA too (decision 7)
    basis = models.CharField(max_length=12, choices=Basis, default=Basis.NONE, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.CharField(max_length=300, blank=True)
    refusal = models.CharField(max_length=20, choices=RefusalReason, blank=True)
    refusal_note = models.CharField(max_length=1000, blank=True)
    terms_sent_at = models.DateTimeField(null=True, blank=True)
    terms_link = models.ForeignKey(Link, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    terms_refusal_note = models.CharField(max_length=1000, blank=True)
    acceptance = models.ForeignKey(Acceptance, null=True, blank=True, on_delete=models.PROTECT, related_name="openings")
    accepted_at = models.DateTimeField(null=True, blank=True)
    plsa_corrected = models.BooleanField(default=False)
    plsa_verified_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    plsa_person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reminders = models.PositiveSmallIntegerField(default=0)
    lapses_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dedup_key"],
                condition=Q(state__in=["to_verify", "disputed", "awaiting", "terms_refused", "held"]),
                name="opening_same_person_once",
            ),
            models.UniqueConstraint(
                fields=["company"], condition=Q(state="open", kind="opening"), name="opening_one_opens"
            ),
            models.CheckConstraint(condition=~Q(state="open") | Q(opened_at__isnull=False), name="opening_open_since"),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(refusal=""), name="opening_refused_why"),
        ]
        indexes = [
            models.Index(fields=["company", "state"], name="opening_of_company"),
            models.Index(fields=["state", "state_since"], name="opening_queue"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.state}"

    def party(self, role: PartyRole) -> Party:
        """The party of a role; every opening has its three (a designation has no separate requester)."""
        for party in self.parties.all():
            if party.role == role:
                return party
        raise Party.DoesNotExist(role)


class Party(models.Model):
    """A person named in an opening, as typed. A corrected PLSA replaces the row; the trail keeps the former one."""

    opening = models.ForeignKey(Opening, on_delete=models.CASCADE, related_name="parties")
    role = models.CharField(max_length=15, choices=PartyRole)
    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100)
    email = models.CharField(max_length=254)
    email_key = models.CharField(max_length=254, db_index=True)
    phone = models.CharField(max_length=40, blank=True)
    function = models.CharField(max_length=100, blank=True)

    class Meta:
        verbose_name_plural = "parties"
        constraints = [models.UniqueConstraint(fields=["opening", "role"], name="opening_party_once")]

    def __str__(self) -> str:
        return f"{self.role} {self.full_name}"

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class Objection(models.Model):
    """A contact on record objects: the opening is frozen until the Assistance has settled it (decision 7)."""

    opening = models.ForeignKey(Opening, on_delete=models.CASCADE, related_name="objections")
    by_email = models.CharField(max_length=254)
    note = models.CharField(max_length=1000, blank=True)
    raised_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.CharField(max_length=300, blank=True)
    settlement = models.CharField(max_length=1000, blank=True)

    def __str__(self) -> str:
        return f"objection to {self.opening_id}"


class RecordStage(models.TextChoices):
    ACCEPTED = "accepted"  # the terms are accepted, the PLSA is being verified
    OPENED = "opened"


class Record(models.Model):
    """The verifiable record of an acceptance or opening (I8): canonical JSON and its tagged PDF. Never changed.

    The digest of the JSON stands in the sealed trail. The PDF is drawn from the JSON when it is first asked for.
    """

    key = models.CharField(max_length=40, unique=True, default=random_key, editable=False)
    opening = models.ForeignKey(Opening, on_delete=models.PROTECT, related_name="records")
    stage = models.CharField(max_length=10, choices=RecordStage)
    json = models.TextField()
    json_sha256 = models.CharField(max_length=64)
    pdf = models.BinaryField(null=True)
    pdf_sha256 = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["opening", "stage"], name="opening_record_once")]

    def __str__(self) -> str:
        return f"record of {self.opening_id} {self.stage}"
