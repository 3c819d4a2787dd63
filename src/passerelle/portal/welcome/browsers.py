"""Which browser a visitor uses, and how well the portal works with it (A5). Read from the User-Agent, kept nowhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Support(StrEnum):
    SUPPORTED = "supported"
    REDUCED = "reduced"
    NOT_SUPPORTED = "not_supported"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Browser:
    name: str
    version: int
    support: Support


# The first version for which the front end is built, as in frontend/build.mjs, and the first in which its pages are
# still laid out. Order counts: most browsers also call themselves by the names of others.
_KNOWN = (
    ("Edge", re.compile(r"\bEdg(?:A|iOS)?/(\d{1,4})"), 123, 90),
    ("Opera", re.compile(r"\bOPR/(\d{1,4})"), 0, 76),
    ("Samsung Internet", re.compile(r"\bSamsungBrowser/(\d{1,4})"), 0, 15),
    ("Firefox", re.compile(r"\b(?:Firefox|FxiOS)/(\d{1,4})"), 120, 90),
    ("Chrome", re.compile(r"\b(?:Chrome|CriOS)/(\d{1,4})"), 123, 90),
    ("Safari", re.compile(r"\bVersion/(\d{1,4})[\d.]* (?:Mobile/\S+ )?Safari/"), 17, 14),
)
_GONE = re.compile(r"\bMSIE |\bTrident/")
_LONGEST = 500


def recognise(user_agent: str) -> Browser:
    """The browser that a User-Agent names. Others with a living engine count as reduced: they are not tested."""
    text = user_agent[:_LONGEST]
    if _GONE.search(text):
        return Browser("Internet Explorer", 0, Support.NOT_SUPPORTED)
    for name, pattern, supported, reduced in _KNOWN:
        if found := pattern.search(text):
            version = int(found[1])
            return Browser(name, version, _support(version, supported, reduced))
    return Browser("", 0, Support.UNKNOWN)


def _support(version: int, supported: int, reduced: int) -> Support:
    if supported and version >= supported:
        return Support.SUPPORTED
    return Support.REDUCED if version >= reduced else Support.NOT_SUPPORTED
