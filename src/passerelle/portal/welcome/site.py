"""The pages of the public site, for the site map: what exists, found from data (P36)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from passerelle.portal.help.texts import texts
from passerelle.web.navigation import FOOTER, SECTIONS, address, answers


@dataclass(frozen=True, slots=True)
class Page:
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Group:
    """A section with the pages below it."""

    label: str
    url: str
    pages: tuple[Page, ...]


def pages_below(language: str) -> dict[str, list[Page]]:
    """The pages of each section, by the section's path."""
    known = texts(language)
    topics = [Page(topic.title, topic.url) for topic in known.topics]
    return {
        "": [
            Page(_("Sign in"), address("sign-in/")),
            Page(_("I have forgotten my login"), address("forgotten-login/")),
            Page(_("I have forgotten my password"), address("forgotten-password/")),
        ],
        "get-an-access/": [Page(_("I do not know our code"), address("get-an-access/unknown-code/"))],
        "information/": [
            Page(known.guide.title, address("information/guide/")),
            Page(_("General Terms of Use"), address("information/general-terms/")),
            Page(_("About the organisation"), address("information/about/")),
        ],
        "help/": [
            *topics,
            Page(_("My access is blocked"), address("help/blocked-access/")),
            Page(_("Glossary"), address("help/glossary/")),
            Page(_("Contact form"), address("help/contact/")),
        ],
    }


def groups(language: str) -> list[Group]:
    """The whole public site. Pages that do not answer are left out."""
    below = pages_below(language)
    found = []
    for place in SECTIONS:
        pages = [page for page in below.get(place.path, []) if answers(page.url.partition("#")[0].partition("?")[0])]
        found.append(Group(str(place.label), address(place.path), tuple(pages)))
    footer = [Page(str(place.label), address(place.path)) for place in FOOTER if answers(address(place.path))]
    found.append(Group(_("About this portal"), "", tuple(footer)))
    return found
