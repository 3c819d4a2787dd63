"""What the pages of the desk call the people and the reasons of the trail."""

from __future__ import annotations

from django import template

from passerelle.backoffice.values import reason_words
from passerelle.backoffice.words import name_of

register = template.Library()


register.filter("who", name_of)
register.filter("why", reason_words)
