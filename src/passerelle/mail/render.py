"""A message as its reader sees it: subject, text and HTML, in his language, with the organisation's clock."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.template import Context, Engine
from django.utils import timezone
from django.utils.translation import override

from passerelle import brand
from passerelle.mail import links
from passerelle.mail.models import Message

SUBJECT_MOST = 200
# Stands in a preview where the reader's own link would be: staff see the mail, never the link (architecture, Mail).
WITHHELD = "https://…"


@dataclass(frozen=True, slots=True)
class Rendered:
    subject: str
    text: str
    html: str


def render(message: Message, *, with_link: bool = True) -> Rendered:
    """Render the three templates of the message's kind: `mails/<kind>/subject.txt`, `text.txt` and `body.html`.

    They find `brand`, `language`, `recipient_name`, `base_url`, `link_url` (empty without a link), `sent_to` and what
    the context holds; what ends in `_at` or `_date` is an instant or a day again.
    """
    link_url = ""
    if message.link:
        link_url = links.url(message.link, message.language) if with_link else WITHHELD
    with override(message.language), timezone.override(brand.current().organisation.time_zone):
        context = _context(message, link_url)
        title = _subject(message, context)
        context["mail_subject"] = title  # not "subject": a message to the Assistance has one of its own
        text = _fill(f"mails/{message.kind}/text.txt", context, escape=False)
        html = _fill(f"mails/{message.kind}/body.html", context, escape=True)
    return Rendered(title, tidy(text), html)


def _context(message: Message, link_url: str) -> dict[str, Any]:
    house = brand.current()
    return {
        **restore(message.context),
        "brand": house,
        "palette": house.look.palette,
        "language": message.language,
        "recipient_name": message.to_name,
        "sent_to": message.to_address,
        "base_url": settings.PASSERELLE_BASE_URL,
        "link_url": link_url,
    }


def _subject(message: Message, context: dict[str, Any]) -> str:
    return " ".join(_fill(f"mails/{message.kind}/subject.txt", context, escape=False).split())[:SUBJECT_MOST]


def subject(message: Message) -> str:
    """The subject alone, as its reader saw it: of a sensitive message too, whose subject says nothing secret."""
    with override(message.language), timezone.override(brand.current().organisation.time_zone):
        return _subject(message, _context(message, ""))


def preview(message: Message) -> Rendered | None:
    """What staff may see of a message: its link left out; nothing at all of a sensitive one."""
    return None if message.sensitive else render(message, with_link=False)


def _fill(template: str, context: dict[str, Any], *, escape: bool) -> str:
    return Engine.get_default().get_template(template).render(Context(context, autoescape=escape))


def tidy(text: str) -> str:
    """A text body without the gaps that template tags leave behind."""
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip() + "\n"


def restore(value: Any, name: str = "") -> Any:
    """The context as it was before JSON: instants under `*_at`, days under `*_date`, at any depth."""
    if isinstance(value, dict):
        return {key: restore(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [restore(inner, name) for inner in value]
    if isinstance(value, str) and name.endswith(("_at", "_date")):
        try:
            return datetime.fromisoformat(value) if name.endswith("_at") else date.fromisoformat(value)
        except ValueError:
            return value
    return value
