"""What the pages of the desk need to show a mailbox in a narrow column."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from passerelle.backoffice.values import reason_words
from passerelle.backoffice.words import name_of

register = template.Library()


register.filter("who", name_of)
register.filter("why", reason_words)


@register.filter
def mailbox(address: str) -> SafeString:
    """An e-mail address that breaks after its @ sign before it breaks anywhere else."""
    local, at, domain = address.rpartition("@")
    return format_html("{}{}<wbr>{}", local, at, domain)
