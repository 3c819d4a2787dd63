"""Parts of a page that are the same for everybody, rendered once a process (docs/adr/0012-frame-cache.md).

    {% kept places sections %} … {% endkept %}

What stands inside sees only the brand, the language, and the variables named in the tag; everything it sees is in the
key of what is kept. So nothing of a person can come in unless the tag names it, and only plain values can be named;
and a form, which is kept while nobody has filled it in and if it says that it is then the same for everybody.
Nothing inside may change by itself either: no clock, no message, no token.

What is kept belongs to one brand and one set of settings. Where there is no brand (an error page of a portal that
cannot read it) and while templates are being written (DEBUG), nothing is kept.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import is_dataclass
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed
from django.dispatch import receiver
from django.forms import BaseForm
from django.template import TemplateSyntaxError
from django.template.base import Node, NodeList, Parser, Token
from django.template.context import Context
from django.template.defaulttags import CsrfTokenNode
from django.template.loader_tags import BlockNode
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from passerelle.brand import Brand

MOST = 2000  # parts; beyond it all are forgotten, so that addresses made up by visitors cannot fill the memory
ALWAYS = ("brand", "brand_css_url", "language_code", "page_ids")


class Different(Exception):
    """What is named is not the same for everybody this time: the part is rendered, and not kept."""


class Kept:
    """The parts of one brand, each with the number its last new id has (see PageIds)."""

    def __init__(self, brand: Brand | None = None) -> None:
        self.brand = brand
        self.parts: dict[Hashable, tuple[SafeString, int]] = {}


class PageIds:
    """Numbers for ids that are new on this page. What is kept holds some, so it must begin at the same number."""

    def __init__(self) -> None:
        self.last = 0

    def __iter__(self) -> PageIds:
        return self

    def __next__(self) -> int:
        self.last += 1
        return self.last


_kept = Kept()


def _parts_of(brand: Brand) -> dict[Hashable, tuple[SafeString, int]]:
    global _kept
    current = _kept
    if current.brand is not brand:
        current = _kept = Kept(brand)
    return current.parts


@receiver(setting_changed)
def forget(**_changed: object) -> None:
    global _kept
    _kept = Kept()


class KeptNode(Node):
    def __init__(self, names: list[str], nodelist: NodeList) -> None:
        self.names = names
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        brand, ids = context.get("brand"), context.get("page_ids")
        if not isinstance(brand, Brand) or not isinstance(ids, PageIds) or settings.DEBUG:
            return self._rendered(context)
        parts = _parts_of(brand)
        try:
            key = (self, get_language(), ids.last, *[plain(context.get(name)) for name in self.names])
        except Different:
            return self._rendered(context)
        if found := parts.get(key):
            text, ids.last = found
            return text
        text = self._rendered(context)
        if len(parts) >= MOST:
            parts.clear()
        parts[key] = text, ids.last
        return text

    def _rendered(self, context: Context) -> SafeString:
        alone = Context({name: context.get(name) for name in (*ALWAYS, *self.names)})
        alone.template, alone.render_context.template = context.template, context.render_context.template
        return mark_safe(self.nodelist.render(alone))  # noqa: S308 - every node inside has escaped its own


def plain(value: Any) -> Hashable:
    """A value as part of a key. The type is in it: a safe text is written otherwise than the same text unsafe."""
    kind = type(value)  # and not isinstance, which a lazy object deceives
    if value is None or issubclass(kind, str | int):
        return kind, value
    if issubclass(kind, Promise):
        return str, str(value)
    if issubclass(kind, tuple | list):
        return tuple([plain(item) for item in value])
    if issubclass(kind, dict):
        return tuple([(name, plain(item)) for name, item in value.items()])
    if issubclass(kind, BaseForm):
        if getattr(value, "is_alike", False):
            return (kind,)
        raise Different
    if is_dataclass(kind) and isinstance(value, Hashable):
        return value
    raise TypeError(f"{kind.__name__} cannot be named in a kept part: it is no plain value.")


def kept(parser: Parser, token: Token) -> KeptNode:
    """Compile {% kept [variable …] %} … {% endkept %}."""
    names = token.split_contents()[1:]
    if wrong := [name for name in names if not name.isidentifier()]:
        raise TemplateSyntaxError(f"kept names variables only, not {wrong[0]}")
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    if nodelist.get_nodes_by_type(BlockNode) or nodelist.get_nodes_by_type(CsrfTokenNode):
        raise TemplateSyntaxError("A kept part holds no block, which pages fill, and no token, which is one visitor's")
    return KeptNode(names, nodelist)
