"""Companies opened × persons × powers: what ties a login to a company (decision 27)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from passerelle.accounts.models import Person
from passerelle.core.keys import random_key
from passerelle.memberships.enums import MandateKind, MandateState
from passerelle.suppliers.models import Company


class Access(models.Model):
    """A company whose access was opened. One row a company, for ever; a suspension is a state of it."""

    key = models.CharField(max_length=40, unique=True, default=random_key, editable=False)
    company = models.OneToOneField(Company, on_delete=models.PROTECT, related_name="access")
    opened_at = models.DateTimeField()
    suspended_at = models.DateTimeField(null=True, blank=True)
    suspended_reason = models.CharField(max_length=200, blank=True)
    suspended_by = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name_plural = "accesses"
        constraints = [
            models.CheckConstraint(
                condition=Q(suspended_at__isnull=True) | ~Q(suspended_reason=""),
                name="memberships_access_suspended_why",
            )
        ]

    def __str__(self) -> str:
        return f"access of {self.company_id}"


class Membership(models.Model):
    """A person of a company. Ended ones stay, so that history and rights can be given back."""

    key = models.CharField(max_length=40, unique=True, default=random_key, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="memberships")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=60, blank=True)
    # A proposed mandate made it and the person has not answered: one company says so, they did not. Until the answer
    # it ties them to nothing, and it ends with a proposal that is not taken.
    only_proposed = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "company"], name="memberships_membership_once")]

    def __str__(self) -> str:
        return f"{self.person_id} of {self.company_id}"


class Mandate(models.Model):
    """A dated power on a membership: PLSA, or substitute of one. Counts only while its state and dates say so."""

    key = models.CharField(max_length=40, unique=True, default=random_key, editable=False)
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="mandates")
    kind = models.CharField(max_length=12, choices=MandateKind, default=MandateKind.PLSA)
    state = models.CharField(max_length=12, choices=MandateState)
    state_since = models.DateTimeField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=60, blank=True)
    granted_by = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["membership", "kind"],
                condition=Q(state__in=["proposed", "in_force"]),
                name="memberships_mandate_one_living",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=models.F("starts_at")),
                name="memberships_mandate_dates",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state} {self.membership_id}"
