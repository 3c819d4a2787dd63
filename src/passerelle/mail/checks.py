"""Settings under which mails would not leave, found at start."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

from passerelle import brand
from passerelle.mail import addresses, delivery


def settings_agree(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.PASSERELLE_SMTP and not 0 < (settings.EMAIL_TIMEOUT or 0) < delivery.DEADLINE:
        found.append(
            Error(
                f"EMAIL_TIMEOUT must be set, below {delivery.DEADLINE:.0f} seconds.",
                hint="A mail server that hangs would hold a worker up; 20 is a good value.",
                id="mail.E001",
            )
        )
    if not settings.PASSERELLE_SMTP and not settings.PASSERELLE_MAILBOX:
        found.append(
            Warning(
                "No mail server is set: mails are kept and wait.",
                hint="Set PASSERELLE_EMAIL_URL, such as smtp://mail.group.example:25.",
                id="mail.W001",
            )
        )
    sender = brand.current().mail.sender_address
    if reason := addresses.check(sender):
        found.append(
            Error(
                f"The sender's address of the brand cannot be written in a mail ({reason}).",
                hint="Correct sender_address under [mail] in brand.toml.",
                id="mail.E002",
            )
        )
    return found
