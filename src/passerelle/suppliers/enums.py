from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CompanyKind(models.TextChoices):
    SUPPLIER = "supplier", _("Supplier")
    PARTNER = "partner", _("Partner")


class Source(models.TextChoices):
    """How a fact came into the Suppliers Database."""

    IMPORT = "import", _("Import")
    DESK = "desk", _("Desk")
    REGISTRATION = "registration", _("Company file")
    API = "api", _("API")


class Effect(models.TextChoices):
    """What a change does to a company. Each row of an import has exactly one."""

    CREATED = "created", _("Created")
    CHANGED = "changed", _("Changed")
    CLOSED = "closed", pgettext_lazy("company", "Closed")
    REOPENED = "reopened", _("Reopened")
    UNCHANGED = "unchanged", _("Unchanged")
