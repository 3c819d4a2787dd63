"""Filters and tags that every template has without loading them (see settings, builtins)."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from itertools import count

from django import forms, template
from django.forms.utils import ErrorDict
from django.template.base import FilterExpression, Node, Parser, Token
from django.template.context import Context
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext

from passerelle import brand
from passerelle.core.sealing import unseal
from passerelle.web import dates, navigation
from passerelle.web.assets import built, static_address
from passerelle.web.kept import kept
from passerelle.web.markdown import render as render_markdown

register = template.Library()
register.tag(kept)


@register.filter
def when(value: datetime | None) -> str:
    """An instant in full, with the zone's name: 12 March 2026 at 10:42 (Paris time)."""
    return dates.when(value) if value else ""


@register.filter
def when_short(value: datetime | None) -> str:
    """An instant where the zone is said elsewhere on the page: 12 March 2026 at 10:42."""
    return dates.when(value, zone=False) if value else ""


@register.filter
def day(value: date | datetime | None) -> str:
    """A day: 12 March 2026."""
    return dates.day(value) if value else ""


@register.filter
def machine(value: date | datetime | None) -> str:
    """The value of a <time> element's datetime attribute."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="minutes")
    return value.isoformat() if value else ""


@register.filter
def code(value: object) -> SafeString:
    """A code, a login or a reference: one block, never broken, never translated by a browser."""
    return format_html('<span class="code" translate="no">{}</span>', value)


@register.filter
def mailbox(address: str) -> SafeString:
    """An e-mail address that breaks after its @ sign before it breaks anywhere else."""
    local, at, domain = address.rpartition("@")
    return format_html("{}{}<wbr>{}", local, at, domain)


@register.filter
def unsealed(value: object) -> str:
    """A secret that a mail alone shows, and that is kept encrypted until it is written."""
    return unseal(str(value))


@register.filter
def strip(value: object) -> str:
    """The text without blanks around it; says whether a slot was filled. Keeps what is already safe safe."""
    text = str(value)
    return mark_safe(text.strip()) if isinstance(value, SafeString) else text.strip()  # noqa: S308


@register.filter
def parts(done: object, total: object) -> list[str]:
    """The parts of a progress bar: those done, the one under way, those to come."""
    finished, whole = int(str(done)), max(0, min(int(str(total)), 50))
    return ["done" if index < finished else "now" if index == finished else "" for index in range(whole)]


@register.filter
def notice_kind(level_tag: str) -> str:
    return {"success": "ok", "warning": "warn", "error": "err"}.get(level_tag, "info")


@register.filter
def markdown(value: object, first_heading: int = 3) -> SafeString:
    """A text of staff or brands as safe HTML, its headings below those of the page."""
    return render_markdown(str(value), first_heading=first_heading)


@register.simple_tag
def static_built(name: str) -> str:
    """The address of a file of the front-end build."""
    return built(name)


@register.simple_tag
def footer_links(chosen: object) -> list[dict[str, object]]:
    """The links of the footer, for a brand; without one (an error page that cannot read it) there are none."""
    return navigation.footer(chosen) if isinstance(chosen, brand.Brand) else []


@register.simple_tag
def brand_static(name: str) -> str:
    """The address of a picture of the brand folder; its name already begins with brand/."""
    return static_address(str(name)) if name else ""


@register.simple_tag(takes_context=True)
def element_id(context: Context, given: str, prefix: str) -> str:
    """The id given, or one that is new on this page and the same at every rendering of it."""
    if given:
        return given
    ids = context.get("page_ids")
    if ids is None:
        ids = count(1)
    return f"{prefix}-{next(ids)}"


@register.simple_tag
def error_links(form: object = None, errors: object = None) -> list[dict[str, str]]:
    """The lines of an error summary: each message with the id of the control it is about.

    `errors` adds lines of a page that has no form for them: texts, or pairs of a text and an id.
    """
    links: list[dict[str, str]] = []
    found = getattr(form, "errors", None)
    if isinstance(form, forms.BaseForm) and isinstance(found, ErrorDict):
        links += [{"text": str(text), "target": ""} for text in form.non_field_errors()]
        for field in form:
            target = getattr(field, "error_target", field.id_for_label)
            links += [{"text": str(text), "target": target} for text in list(field.errors)[:1]]
    for extra in errors if isinstance(errors, list | tuple) else ():
        text, target = extra if isinstance(extra, list | tuple) else (extra, "")
        links.append({"text": str(text), "target": str(target)})
    return links


@register.simple_tag
def altcha_strings() -> str:
    """What the proof-of-work box says, in the page's language."""
    return json.dumps(
        {
            "ariaLinkLabel": "",
            "error": gettext("The check did not work. Reload the page and try again."),
            "expired": gettext("The check is too old. Start it again."),
            "footer": "",
            "label": gettext("I am not a robot"),
            "required": gettext("Tick this box first."),
            "verified": gettext("Checked"),
            "verifying": gettext("Checking …"),
            "waitAlert": gettext("The check is running. Wait a moment, then send."),
        },
        ensure_ascii=False,
    )


class TermNode(Node):
    def __init__(self, name: FilterExpression, options: set[str], target: str) -> None:
        self.name = name
        self.options = options
        self.target = target

    def render(self, context: Context) -> SafeString | str:
        chosen = context.get("brand") or brand.current()
        word = chosen.vocabulary.term(str(self.name.resolve(context)), plural="plural" in self.options)
        if "label" in self.options:
            word = capfirst(word)
        if self.target:
            context[self.target] = word
            return ""
        return conditional_escape(word)


@register.tag
def term(parser: Parser, token: Token) -> TermNode:
    """{% term "plsa" [plural] [label] [as name] %}: the brand's word in this language; `label` capitalises it."""
    bits = token.split_contents()[1:]
    target = ""
    if len(bits) >= 2 and bits[-2] == "as":
        target = bits[-1]
        bits = bits[:-2]
    options = {bit.removesuffix("=True").strip("\"'") for bit in bits[1:]}
    if not bits or options - {"plural", "label"}:
        raise template.TemplateSyntaxError('term is written {% term "name" [plural] [label] [as variable] %}')
    return TermNode(parser.compile_filter(bits[0]), options, target)
