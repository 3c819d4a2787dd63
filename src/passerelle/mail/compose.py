"""A rendered message as the mail that goes to the server: addresses, headers, parts."""

from __future__ import annotations

from email.utils import formataddr

from django.core.mail import EmailMultiAlternatives
from django.utils.translation import override

from passerelle import brand
from passerelle.mail import addresses, attachments
from passerelle.mail.models import Message
from passerelle.mail.render import render


def compose(message: Message) -> EmailMultiAlternatives:
    """Build the mail. Its Message-ID is the row's, so a repetition after a crash is recognised as the same mail."""
    rendered = render(message)
    house = brand.current()
    with override(message.language):
        sender = formataddr((str(house.mail.sender_name), _ascii(house.mail.sender_address)))
    mail = EmailMultiAlternatives(
        subject=rendered.subject,
        body=rendered.text,
        from_email=sender,
        to=[formataddr((message.to_name, _ascii(message.to_address)))],
        reply_to=[_ascii(message.reply_to or house.contact.assistance_email)],
        headers={
            "Message-ID": message.message_id,
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
            "Content-Language": message.language,
        },
    )
    mail.attach_alternative(rendered.html, "text/html")
    for reference in message.attachments:
        file = attachments.read(reference)
        mail.attach(file.filename, file.content, file.content_type)
    return mail


def _ascii(address: str) -> str:
    """The address with its domain as mail servers write it."""
    local, _, host = address.rpartition("@")
    return f"{local}@{addresses.fold_domain(host)}"
