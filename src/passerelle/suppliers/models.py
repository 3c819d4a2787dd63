"""The Suppliers Database: the single reference of companies. It knows nothing of people's logins (H1)."""

from __future__ import annotations

import re
import unicodedata

from django.db import models
from django.db.models import F, Q

from passerelle.core.keys import random_key
from passerelle.suppliers.enums import CompanyKind, Source


def fold_name(name: str) -> str:
    """What `Company.name_key` holds: the name without case, accents and punctuation, so that a search finds it.

    Letters of other alphabets stay as they are; a name made of signs only folds to its own case-folded text.
    """
    letters = unicodedata.normalize("NFKD", name).casefold()
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    words = re.sub(r"[\W_]+", " ", bare.replace("'", "").replace("\u2019", "")).strip()
    return (words or bare.strip())[:200]


SHORTEST_WORD = 3
MOST_WORDS = 8


def later_words(name_key: str) -> list[str]:
    """What `NameWord` holds of a name: its words but the first, which `name_key` finds, and very short ones."""
    words = dict.fromkeys(word[:40] for word in name_key.split()[1:] if len(word) >= SHORTEST_WORD)
    return list(words)[:MOST_WORDS]


class Company(models.Model):
    """A legal entity, found by its COFOR. The COFOR is never a key: it can be succeeded by another (decision 28).

    `duns` is null when unknown, so that it can be unique. `active` tells whether the entity still exists.
    """

    key = models.CharField(max_length=40, unique=True, default=random_key, editable=False)
    cofor = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=200)
    name_key = models.CharField(max_length=200, db_index=True)
    kind = models.CharField(max_length=10, choices=CompanyKind, default=CompanyKind.SUPPLIER)
    duns = models.CharField(max_length=9, null=True, blank=True, unique=True)
    country = models.CharField(max_length=2)
    vat_number = models.CharField(max_length=30, blank=True, db_index=True)
    registration_number = models.CharField(max_length=40, blank=True, db_index=True)
    street = models.CharField(max_length=200, blank=True)
    postcode = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=100, blank=True)
    website = models.CharField(max_length=200, blank=True)
    active = models.BooleanField(default=True)
    closed_reason = models.CharField(max_length=200, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    successor_cofor = models.CharField(max_length=20, blank=True)
    source = models.CharField(max_length=15, choices=Source, default=Source.IMPORT)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(duns__isnull=True) | Q(duns__regex=r"^[0-9]{9}$"), name="suppliers_company_duns_digits"
            ),
            models.CheckConstraint(condition=~Q(cofor=""), name="suppliers_company_cofor_given"),
            models.CheckConstraint(condition=~Q(successor_cofor=F("cofor")), name="suppliers_company_not_own_heir"),
            models.CheckConstraint(
                condition=Q(active=True, closed_at__isnull=True) | Q(active=False, closed_at__isnull=False),
                name="suppliers_company_closed_since",
            ),
            models.CheckConstraint(condition=Q(kind__in=["supplier", "partner"]), name="suppliers_company_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.cofor} {self.name}"


class NameWord(models.Model):
    """A word from the middle of a company's name, so that a search among millions finds it (H3)."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="name_words")
    word = models.CharField(max_length=40)

    class Meta:
        indexes = [
            # This order serves the beginning of a word in any collation, and a whole word as well.
            models.Index(
                fields=["word", "company"],
                name="suppliers_nameword_word",
                opclasses=["varchar_pattern_ops", "int8_ops"],
            )
        ]

    def __str__(self) -> str:
        return self.word


class Category(models.Model):
    """One category of a company; which codes exist is the brand's table."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="categories")
    code = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "code"], name="suppliers_category_once")]

    def __str__(self) -> str:
        return self.code


class Site(models.Model):
    """An establishment of a company."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="sites")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "code"], name="suppliers_site_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Suco(models.Model):
    """The code of a contracting entity under a company; one company holds several, a code belongs to one company."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="sucos")
    code = models.CharField(max_length=20, unique=True)

    def __str__(self) -> str:
        return self.code


class Contact(models.Model):
    """A mailbox on record for a company: what a request for access is matched to (C10, decision 7)."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="contacts")
    email = models.CharField(max_length=254)
    email_key = models.CharField(max_length=254)
    name = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=15, choices=Source, default=Source.IMPORT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "email_key"], name="suppliers_contact_once")]

    def __str__(self) -> str:
        return self.email


class EmailDomain(models.Model):
    """A mail domain on record for a company, in lower case."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="email_domains")
    domain = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "domain"], name="suppliers_emaildomain_once")]

    def __str__(self) -> str:
        return self.domain


class Status(models.Model):
    """One line of a company's status history (H1): from when it existed, or no longer existed, and why."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="statuses")
    active = models.BooleanField()
    reason = models.CharField(max_length=200, blank=True)
    since_at = models.DateTimeField()
    source = models.CharField(max_length=15, choices=Source)
    by = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name_plural = "statuses"
        indexes = [models.Index(fields=["company", "since_at"], name="suppliers_status_history")]

    def __str__(self) -> str:
        return f"{self.company_id} {self.active} {self.since_at:%Y-%m-%d}"


class Import(models.Model):
    """An import that was applied: which file, by whom, what it changed."""

    key = models.CharField(max_length=40, unique=True, default=random_key, editable=False)
    filename = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    applied_at = models.DateTimeField()
    by = models.CharField(max_length=300)
    created = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    closed = models.PositiveIntegerField(default=0)
    reopened = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.filename} {self.applied_at:%Y-%m-%d %H:%M}"
