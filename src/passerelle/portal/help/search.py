"""Searching the help and the glossary, in memory: every word must be there, in any case and without accents."""

from __future__ import annotations

import re
from dataclasses import dataclass

from passerelle.portal.help.texts import Texts, fold

LONGEST = 100
MOST = 30
_EXCERPT = 180


@dataclass(frozen=True, slots=True)
class Hit:
    title: str
    url: str
    excerpt: str
    is_term: bool
    score: int


def read_query(text: str) -> str:
    """What was searched for, fit to be shown: bounded, without characters that cannot be seen."""
    shown = "".join(character if character.isprintable() else " " for character in text[:LONGEST])
    return " ".join(shown.split())


def search(texts: Texts, query: str) -> list[Hit]:
    """What matches every word of the query, best first; a word in a title counts more than one in a text."""
    words = [word for word in re.split(r"[^\w&']+", fold(query)) if word][:8]
    if not words:
        return []
    hits = []
    for article in texts.articles:
        hits.append(_hit(words, article.title, article.words, article.url, is_term=False))
    for entry in texts.glossary:
        names = " ".join([entry.name, *(name for _, name in entry.elsewhere)])
        hits.append(_hit(words, entry.name, entry.words, entry.url, is_term=True, also=names))
    found = [hit for hit in hits if hit.score]
    return sorted(found, key=lambda hit: -hit.score)[:MOST]


def _hit(words: list[str], title: str, text: str, url: str, *, is_term: bool, also: str = "") -> Hit:
    head, body = fold(f"{title} {also}"), fold(text)
    score = 0
    for word in words:
        if word in head:
            score += 5 if re.search(rf"\b{re.escape(word)}", head) else 2
        elif word in body:
            score += 1
        else:
            return Hit(title, url, "", is_term, 0)
    if fold(title) == " ".join(words):
        score += 10
    return Hit(title, url, _excerpt(text), is_term, score)


def _excerpt(text: str) -> str:
    if len(text) <= _EXCERPT:
        return text
    return text[:_EXCERPT].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"
