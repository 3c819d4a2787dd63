"""Markdown of staff and brands as safe HTML: rendered by markdown-it, cleaned by nh3."""

from __future__ import annotations

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

_RENDERER = MarkdownIt("commonmark", {"html": False}).enable("table")
_TAGS = {
    "a", "abbr", "blockquote", "br", "code", "em", "h2", "h3", "h4", "h5", "hr", "li", "ol", "p", "strong", "table",
    "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip


def render(text: str, *, first_heading: int = 2) -> SafeString:
    """The text as HTML without scripts, styles or foreign tags. A `#` heading becomes level `first_heading`, because
    the page around it has the first level already."""
    tokens = _RENDERER.parse(text)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(5, int(token.tag[1]) + first_heading - 1)}"
    html = _RENDERER.renderer.render(tokens, _RENDERER.options, {})
    return mark_safe(nh3.clean(html, tags=_TAGS, link_rel="noopener"))  # noqa: S308  nh3 has cleaned it
