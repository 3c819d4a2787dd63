"""How sentences are written: the words we never use, what a translation must keep, and French typography."""

from __future__ import annotations

import re
from collections.abc import Iterator

from babel.messages.catalog import Message

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
TAG = re.compile(r"</?\w[^>]*>")
ADDRESS = re.compile(r"https?://\S+|\S+@\S+|&\w+;|/\w[\w/?=&{}-]*")
NEVER = {
    "en": re.compile(r"\b(please|sorry|oops|invalid)\b|\(s\)", re.I),
    "fr": re.compile(r"s['’]il (vous|te) pla[iî]t|\bsvp\b|\bdésolés?\b|\boups\b|\binvalides?\b|\w\((e|s|es)\)", re.I),
}
NO_BREAK = "\u00a0\u202f"
FRENCH = (
    (re.compile(rf"[^{NO_BREAK}\s!?(][;!?](?=\s|$|»)"), "a no-break space is missing before ; ! or ?"),
    (re.compile(r" [;!?:](?=\s|$)"), "the space before ; ! ? or : must not break"),
    (re.compile(rf"[^{NO_BREAK}\s\d:]:(?=\s|$)"), "a no-break space is missing before the colon"),
    (re.compile(rf"«(?![{NO_BREAK}])|(?<![{NO_BREAK}])»"), "guillemets need no-break spaces inside"),
    (re.compile(r'"|“|”'), "French quotation marks are « and »"),
    (re.compile(r"\.\.\."), "three points are one character: …"),
)


def faults(message: Message, language: str) -> Iterator[str]:
    """What is wrong with a complete message."""
    sources = list(message.id) if isinstance(message.id, list | tuple) else [message.id]
    targets = list(message.string) if isinstance(message.string, list | tuple) else [message.string]
    for source in sources:
        if found := NEVER["en"].search(source):
            yield f"we never write {found.group()!r}"
    allowed = [set(PLACEHOLDER.findall(source)) for source in sources]
    for number, target in enumerate(targets):
        used = set(PLACEHOLDER.findall(target))
        plural = min(number, len(sources) - 1)
        # A singular may say "one" in words, in either language.
        if used != allowed[plural] and not (len(sources) > 1 and number == 0 and used <= allowed[0] | allowed[-1]):
            yield f"placeholders differ ({', '.join(sorted(used ^ allowed[plural]))})"
        if sorted(TAG.findall(target)) != sorted(TAG.findall(sources[plural])):
            yield "tags differ"
        if _edges(target) != _edges(sources[plural]):
            yield "line breaks or spaces at its ends differ"
        yield from _written(target, language)


def _edges(text: str) -> tuple[bool, bool]:
    text = text.strip(NO_BREAK)  # a colon alone gets its space in French
    return text[:1].isspace(), text[-1:].isspace()


def _written(text: str, language: str) -> Iterator[str]:
    if language in NEVER and (found := NEVER[language].search(text)):
        yield f"we never write {found.group()!r}"
    if language == "fr":
        bare = ADDRESS.sub("x", PLACEHOLDER.sub("x", TAG.sub("", text)))
        for pattern, why in FRENCH:
            if found := pattern.search(bare):
                yield f"{why} (at {found.group()!r})"
