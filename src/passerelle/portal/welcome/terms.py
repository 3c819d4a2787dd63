"""The General Terms in force, for reading. Rendered once a minute, a process and a language: pages ask no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.utils.safestring import SafeString

from passerelle.core import clock
from passerelle.portal.help.markdown import to_html
from passerelle.terms.queries import current_text


@dataclass(frozen=True, slots=True)
class TermsPage:
    title: str
    number: int
    effective_at: datetime
    language: str
    changes: str
    html: SafeString


class _NonePublished(Exception):
    pass


def in_force(language: str) -> TermsPage | None:
    """The version in force, in the language or in English; None before the first one."""
    try:
        return _read(language, int(clock.now().timestamp()) // 60)
    except _NonePublished:
        return None


@lru_cache(maxsize=8)
def _read(language: str, _minute: int) -> TermsPage:
    text = current_text(language, clock.now())
    if text is None:
        raise _NonePublished
    version = text.version
    return TermsPage(text.title, version.number, version.effective_at, text.language, text.changes, to_html(text.body))


def forget() -> None:
    """Read the terms again at the next showing (tests)."""
    _read.cache_clear()
