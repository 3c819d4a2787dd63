"""Markdown to HTML that is safe to show: texts of the portal, of the brand, of the General Terms."""

from __future__ import annotations

import re
from functools import lru_cache
from html import unescape

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

_READER = MarkdownIt("commonmark", {"html": False}).enable("table")
_TAGS = {
    "a", "blockquote", "br", "code", "em", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "strong",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_END_OF_BLOCK = re.compile(r"</(?:p|li|h[2-6]|td|th|blockquote)>|<br>")
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}, "th": {"scope"}}


@lru_cache(maxsize=256)
def to_html(text: str, lower_by: int = 0) -> SafeString:
    """The HTML of a Markdown text, its headings lowered by so many levels, with nothing in it that could run."""
    tokens = _READER.parse(text)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(6, max(2, int(token.tag[1]) + lower_by))}"
        if token.type == "th_open":
            token.attrs["scope"] = "col"
            token.attrs.pop("style", None)
    html = _READER.renderer.render(tokens, _READER.options, {})
    clean = nh3.clean(
        html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes={"http", "https", "mailto", "tel"}, link_rel=None
    )
    return mark_safe(clean)  # noqa: S308  nh3 has just cleaned it


def to_words(html: str) -> str:
    """What is read in an HTML text, for searching it and for excerpts."""
    apart = _END_OF_BLOCK.sub(" ", html)
    return " ".join(unescape(nh3.clean(apart, tags=set())).split())
