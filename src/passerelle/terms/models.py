"""Versions of the General Terms of Use by language, and acceptances kept as evidence (C7, I8)."""

from __future__ import annotations

from django.db import models

from passerelle.accounts.models import Person
from passerelle.core.keys import random_key
from passerelle.suppliers.models import Company


class Audience(models.TextChoices):
    """Whose terms: those a legal representative accepts for the company, or those each person accepts."""

    COMPANY = "company", "company"
    PERSON = "person", "person"


class Version(models.Model):
    """A version of the terms of an audience.

    Who accepted an earlier one has until `deadline_at` to accept this one; until then the earlier acceptance still
    counts (decision 31). Null: earlier acceptances count for ever.
    """

    audience = models.CharField(max_length=10, choices=Audience, default=Audience.COMPANY)
    number = models.PositiveIntegerField()
    effective_at = models.DateTimeField()
    deadline_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["audience", "number"], name="terms_version_once")]

    def __str__(self) -> str:
        return f"terms {self.number}"


class Text(models.Model):
    """The text of a version in one language. `sha256` is the digest of `title`, a newline and `body`."""

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="texts")
    language = models.CharField(max_length=10)
    title = models.CharField(max_length=200)
    changes = models.TextField(blank=True)
    body = models.TextField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "language"], name="terms_text_once")]

    def __str__(self) -> str:
        return f"{self.version_id} {self.language}"


class Acceptance(models.Model):
    """A company accepted a version. Evidence: copied as text, never changed."""

    key = models.CharField(max_length=40, unique=True, default=random_key, editable=False)
    reference = models.CharField(max_length=30, unique=True)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="acceptances")
    text = models.ForeignKey(Text, on_delete=models.PROTECT, related_name="acceptances")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="acceptances")
    accepted_at = models.DateTimeField()
    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100)
    function = models.CharField(max_length=100, blank=True)
    email = models.CharField(max_length=254)
    address = models.CharField(max_length=45, blank=True)
    language = models.CharField(max_length=10)
    text_sha256 = models.CharField(max_length=64)
    cofor = models.CharField(max_length=20)
    company_name = models.CharField(max_length=200)
    subject_key = models.CharField(max_length=40, blank=True)  # the opening it was given in

    class Meta:
        indexes = [models.Index(fields=["company", "-accepted_at"], name="terms_acceptance_newest")]

    def __str__(self) -> str:
        return self.reference


class PersonAcceptance(models.Model):
    """A person accepted a version of the terms for persons. Evidence: kept as it was, never changed."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="terms_accepted")
    text = models.ForeignKey(Text, on_delete=models.PROTECT, related_name="person_acceptances")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="person_acceptances")
    accepted_at = models.DateTimeField()
    address = models.CharField(max_length=45, blank=True)
    language = models.CharField(max_length=10)
    text_sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "version"], name="terms_personacceptance_once")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.version_id}"
