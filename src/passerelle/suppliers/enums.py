from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class CompanyKind(models.TextChoices):
    SUPPLIER = "supplier", _("Supplier")
    PARTNER = "partner", _("Partner")


class Source(models.TextChoices):
    """How a fact came into the Suppliers Database."""

    IMPORT = "import", _("Import")
    DESK = "desk", _("Desk")
    REGISTRATION = "registration", _("Company file")
    API = "api", _("API")
