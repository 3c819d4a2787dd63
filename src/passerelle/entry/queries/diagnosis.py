"""Reading refusals by the number their page showed."""

from __future__ import annotations

import re
from datetime import datetime

from passerelle.entry.models import Diagnosis


def diagnosis_by_number(number: str, now: datetime) -> Diagnosis | None:
    """The refusal with this number, while the number holds. Spaces are forgiven: it is read out in two halves."""
    digits = re.sub(r"\s", "", number)
    if not re.fullmatch(r"[0-9]{8}", digits, re.ASCII):
        return None
    return Diagnosis.objects.filter(number=digits, expires_at__gt=now).first()
