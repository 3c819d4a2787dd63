from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class TicketKind(models.TextChoices):
    CONTACT = "contact", _("Question")
    COFOR_UNKNOWN = "cofor_unknown", _("COFOR not known")
    ANALYSIS = "analysis", _("About a result of the analysis")
    RELAY = "relay", _("Message to the PLSAs")


class TicketState(models.TextChoices):
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")
