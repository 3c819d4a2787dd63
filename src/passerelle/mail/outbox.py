"""Queueing a mail, inside the transaction of the action it tells of. The outbox is the ledger too (I7)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from passerelle import brand, jobs
from passerelle.core.errors import Refused
from passerelle.core.keys import random_key
from passerelle.mail import addresses, tasks
from passerelle.mail.models import Link, Message

_KIND = re.compile(r"[a-z_]+/[a-z_]+")


def queue(
    kind: str,
    *,
    to_address: str,
    to_name: str = "",
    language: str,
    context: Mapping[str, Any],
    now: datetime,
    link: Link | None = None,
    subject_key: str = "",
    company_key: str = "",
    person_key: str = "",
    reply_to: str = "",
    attachments: Sequence[Mapping[str, str]] = (),
    sensitive: bool = False,
) -> Message:
    """Queue one mail to one address; it leaves once the present transaction has committed, or not at all.

    `kind` names its templates ("opening/terms"). `context` holds plain values only: instants under names that end in
    `_at` and days under names that end in `_date` are there again as such when it is rendered. Never a password, token
    or code: what is secret travels as `link`. `attachments` are {"source", "key"} pairs, read at sending.
    Refuses with `mail_address` (fact `reason`) an address we cannot write to, and to work outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("mails are queued only inside the transaction of an action")
    if not _KIND.fullmatch(kind):
        raise ValueError(f"{kind!r} names no folder of mail templates")
    for address in (to_address, reply_to) if reply_to else (to_address,):
        if reason := addresses.check(address):
            raise Refused("mail_address", reason=reason)
    message = Message.objects.create(
        message_id=f"<{random_key()}@{addresses.domain(brand.current().mail.sender_address)}>",
        kind=kind,
        to_address=to_address,
        to_name=one_line(to_name)[:200],
        reply_to=reply_to,
        language=language,
        context=dict(context),
        attachments=[dict(attachment) for attachment in attachments],
        link=link,
        sensitive=sensitive,
        subject_key=subject_key,
        company_key=company_key,
        person_key=person_key,
        queued_at=now,
    )
    jobs.enqueue(tasks.deliver, message.key)
    return message


def one_line(text: str) -> str:
    """A text without line breaks and control characters, for a header."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
