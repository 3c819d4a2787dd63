"""A browser in words, from what it says of itself: enough for its owner to recognise it, no more."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

# Order counts: most browsers also call themselves by the names of others.
_BROWSERS = (
    ("Edge", re.compile(r"\bEdg(?:A|iOS|e)?/")),
    ("Opera", re.compile(r"\bOPR/")),
    ("Samsung Internet", re.compile(r"\bSamsungBrowser/")),
    ("Firefox", re.compile(r"\b(?:Firefox|FxiOS)/")),
    ("Chrome", re.compile(r"\b(?:Headless)?(?:Chrome|CriOS|Chromium)/")),
    ("Safari", re.compile(r"\bVersion/[\d.]+ .*Safari/")),
)
_SYSTEMS = (
    ("Android", re.compile(r"\bAndroid\b")),
    ("iPhone", re.compile(r"\biPhone\b")),
    ("iPad", re.compile(r"\biPad\b")),
    ("Windows", re.compile(r"\bWindows\b")),
    ("ChromeOS", re.compile(r"\bCrOS\b")),
    ("macOS", re.compile(r"\bMac OS X\b|\bMacintosh\b")),
    ("Linux", re.compile(r"\bLinux\b|\bX11\b")),
)
_LONGEST = 500


def describe(user_agent: str) -> str:
    """Such as “Firefox on Windows”. Nothing of the text itself is shown: anybody can write anything there."""
    text = user_agent[:_LONGEST]
    browser = next((name for name, pattern in _BROWSERS if pattern.search(text)), "")
    system = next((name for name, pattern in _SYSTEMS if pattern.search(text)), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or (_("A browser on %(system)s") % {"system": system} if system else _("An unknown browser"))
