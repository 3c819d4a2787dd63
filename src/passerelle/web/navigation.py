"""Every place the frame of a page leads to: one table, by the addresses of the contract.

A link is shown only if its address answers, so a page that does not exist yet is never linked. Labels are the
contract's words.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.urls import Resolver404, get_urlconf, resolve
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from passerelle.brand import Brand
from passerelle.core.actor import Actor
from passerelle.core.powers import Role, Verb, may


@dataclass(frozen=True)
class Place:
    """A page the frame links to; `path` stands after the language. `plsa`: only PLSAs find it."""

    label: str | Promise
    path: str
    verb: Verb | None = None
    plsa: bool = False


SECTIONS = (
    Place(_("Welcome"), ""),
    Place(_("Present your company"), "present-your-company/"),
    Place(_("Get an access"), "get-an-access/"),
    Place(_("Information & Documentation"), "information/"),
    Place(_("Help & Contact"), "help/"),
)

FOOTER = (
    Place(_("Legal notice"), "legal-notice/"),
    Place(_("Personal data"), "personal-data/"),
    Place(_("Cookies"), "cookies/"),
    Place(_("Accessibility"), "accessibility/"),
    Place(_("Compatible browsers"), "browsers/"),
    Place(_("Site map"), "site-map/"),
)

PRIVATE = (
    ("", (
        Place(_("Home"), "home/"),
        Place(_("Applications"), "applications/"),
        Place(_("My account"), "account/"),
        Place(_("My company"), "company/"),
    )),
    (_("Access administration"), (
        Place(_("Users"), "team/", plsa=True),
    )),
)  # fmt: skip

DESK = (
    ("", (
        Place(_("Overview"), "desk/"),
        Place(_("Access openings"), "desk/openings/", Verb.SEE_OPENINGS),
        Place(_("Companies"), "desk/companies/", Verb.SEE_COMPANIES),
        Place(_("People"), "desk/people/", Verb.SEE_PEOPLE),
        Place(_("Messages"), "desk/tickets/", Verb.SEE_TICKETS),
        Place(_("E-mails sent"), "desk/mails/", Verb.SEE_MAILS),
        Place(_("Audit trail"), "desk/trail/", Verb.SEE_TRAIL),
    )),
)  # fmt: skip


ROLES: dict[str, str | Promise] = {
    Role.PURCHASING: pgettext_lazy("staff role", "Purchasing"),
    Role.ASSISTANCE: pgettext_lazy("staff role", "Assistance"),
    Role.EDITOR: pgettext_lazy("staff role", "Editor"),
    Role.ADMINISTRATOR: pgettext_lazy("staff role", "Administrator"),
}


def address(path: str, language: str | None = None) -> str:
    return f"/{language or get_language() or 'en'}/{path}"


def answers(path: str) -> bool:
    """Whether a page stands at the address (in the current language)."""
    return _resolves(path, get_urlconf() or settings.ROOT_URLCONF)


@lru_cache(maxsize=256)
def _resolves(path: str, urls: str) -> bool:
    try:
        resolve(path, urls)
    except Resolver404:
        return False
    return True


def _current(url: str, path: str) -> str:
    """The value of aria-current: this very page, or the part of the site the page belongs to."""
    if url == path:
        return "page"
    is_root = url.count("/") <= 2
    return "true" if not is_root and path.startswith(url) else ""


@dataclass(frozen=True)
class Section:
    """One of the five, as a page shows it; `current` is the value of aria-current."""

    label: str
    url: str
    current: str
    is_welcome: bool


def sections(path: str) -> tuple[Section, ...]:
    """The five sections, in the contract's order, with the one the page belongs to."""
    language = get_language() or "en"
    return _sections(language, tuple([_current(address(place.path, language), path) for place in SECTIONS]))


@lru_cache(maxsize=64)
def _sections(language: str, current: tuple[str, ...]) -> tuple[Section, ...]:
    """The same objects for every page of a section; made in the language in force, which is `language`."""
    return tuple(
        Section(str(place.label), address(place.path, language), mark, not place.path)
        for place, mark in zip(SECTIONS, current, strict=True)
    )


def footer(brand: Brand) -> list[dict[str, Any]]:
    """Links to pages that exist here, or to the organisation's own page where the brand names one."""
    outside = {"legal-notice/": brand.links.legal_notice, "personal-data/": brand.links.personal_data}
    language = get_language()
    links: list[dict[str, Any]] = []
    for place in FOOTER:
        url = address(place.path, language)
        if elsewhere := outside.get(place.path):
            links.append({"label": place.label, "url": str(elsewhere), "rel": "external"})
        elif answers(url):
            links.append({"label": place.label, "url": url, "rel": ""})
    return links


def area(path: str, actor: Actor, *, desk: bool, plsa: bool = False) -> list[dict[str, Any]]:
    """The groups of the side navigation: pages that exist and that the person may open. `plsa`: acts as one now."""
    groups = []
    for label, places in DESK if desk else PRIVATE:
        links = [
            {"label": place.label, "url": address(place.path), "current": _area_current(place, path)}
            for place in places
            if answers(address(place.path)) and (place.verb is None or may(actor, place.verb)) and plsa >= place.plsa
        ]
        if links:
            groups.append({"label": label, "links": links})
    return groups


def _area_current(place: Place, path: str) -> str:
    url = address(place.path)
    return _current(url, path) if place.path != "desk/" else ("page" if url == path else "")
