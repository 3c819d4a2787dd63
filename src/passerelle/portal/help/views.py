"""Help & contact: topics, glossary, and what to do when one cannot sign in (G1, G2)."""

from __future__ import annotations

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from passerelle.portal.help.contact import unknown_code
from passerelle.portal.help.facts import PLACES
from passerelle.portal.help.search import read_query, search
from passerelle.portal.help.texts import Entry, texts
from passerelle.web.access import open_page
from passerelle.web.navigation import address

__all__ = ["glossary", "situation", "topics", "unknown_code"]

# What is said of logins that do not work: title, articles, topic of the contact form.
SITUATIONS = {
    "blocked": (_("My access is blocked"), ("blocked-access", "five-causes"), "blocked"),
}


def places() -> dict[str, str]:
    """Addresses of the pages that templates of this door link to, in the current language."""
    return {name: address(path) for name, path in PLACES.items()}


@open_page
@require_safe
def topics(request: HttpRequest) -> HttpResponse:
    """Topics by category, collapsed, each with its count; with `?q=` what was found in the help and the glossary.

    `?topic=` opens the category of that code, or of the article with that anchor, also in browsers that do not open a
    collapsed block for an address with `#`.
    """
    known = texts(get_language() or "en")
    query = read_query(request.GET.get("q", ""))
    context = {
        "places": places(),
        "topics": known.topics,
        "opened": known.topic_of(request.GET.get("topic", "")),
        "glossary_count": len(known.glossary),
        "query": query,
        "hits": search(known, query) if query else None,
    }
    return render(request, "help/topics.html", context)


@open_page
@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    """The terms of the trade from A to Z, each with its anchor; with `?q=` those that match (G2)."""
    known = texts(get_language() or "en")
    query = read_query(request.GET.get("q", ""))
    shown: list[Entry] = list(known.glossary)
    if query:
        wanted = {hit.url for hit in search(known, query) if hit.is_term}
        shown = [entry for entry in shown if entry.url in wanted]
    letters = [(letter, list(entries)) for letter, entries in groupby(shown, key=lambda entry: entry.letter)]
    context = {"places": places(), "letters": letters, "count": len(shown), "query": query}
    return render(request, "help/glossary.html", context)


@open_page
@require_safe
def situation(request: HttpRequest, name: str) -> HttpResponse:
    """What to do now about a blocked access (A2)."""
    title, anchors, topic = SITUATIONS[name]
    known = texts(get_language() or "en")
    articles = [known.article(anchor) for anchor in anchors]
    context = {"places": places(), "title": title, "articles": articles, "topic": topic}
    return render(request, "help/situation.html", context)
