"""What every template knows. `shell` is the context processor; `bare_shell` serves error pages and asks no database."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.utils.encoding import escape_uri_path
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from passerelle import brand
from passerelle.core.actor import ActorKind
from passerelle.web import navigation
from passerelle.web.kept import PageIds
from passerelle.web.requests import actor
from passerelle.web.session_end import session_end

log = logging.getLogger(__name__)

SWITCH = "_switch"


def shell(request: HttpRequest) -> dict[str, Any]:
    """Brand, sections, languages and the signed-in person, for the frame of every page.

    Nothing here touches the database before a template asks who is signed in, and then only if a session cookie came.
    """
    return {
        **frame(request),
        "signed_in": SimpleLazyObject(lambda: _person(request)),
        "home_url": SimpleLazyObject(lambda: _home(request)),
        "area_groups": SimpleLazyObject(lambda: _area(request)),
        "acting_company": SimpleLazyObject(lambda: _acting_company(request)),
        "staff_roles": SimpleLazyObject(lambda: _roles(request)),
        "session_end": SimpleLazyObject(lambda: session_end(request)),
    }


def frame(request: HttpRequest) -> dict[str, Any]:
    """The part of the context that needs the brand and the address only."""
    chosen, language = brand.current(), get_language() or settings.LANGUAGE_CODE
    sections = navigation.sections(request.path)
    return {
        "brand": chosen,
        "brand_css_url": f"/brand-{brand.css_hash(chosen)}.css",
        "sections": sections,
        "current_section": next((section for section in sections if section.current), None),
        "languages": languages(request),
        "was_sent": request.method == "POST",
        "language_code": language,
        "page_url": f"{settings.PASSERELLE_BASE_URL}{escape_uri_path(request.path)}",
        "page_ids": PageIds(),
        "welcome_url": navigation.address("", language),
        "sign_in_url": navigation.address("sign-in/", language),
        "sign_out_url": navigation.address("sign-out/", language),
        "help_url": navigation.address("help/", language),
        "account_url": SimpleLazyObject(lambda: _if_it_answers("account/")),
        "debug_gallery": settings.DEBUG,
    }


def bare_shell(request: HttpRequest) -> dict[str, Any]:
    """The frame of an error page: whatever is broken, as much of it as can be had, and nobody signed in."""
    try:
        known = frame(request)
    except Exception:
        log.exception("The frame of an error page could not be made")
        known = {"language_code": get_language() or "en", "page_ids": PageIds(), "languages": [], "sections": []}
    return {**known, "signed_in": None, "home_url": known.get("welcome_url", "/"), "bare": True}


def languages(request: HttpRequest) -> list[dict[str, Any]]:
    """Each language with the address of this same page in it, its query kept.

    `action` is where a form posts itself to change language with what was typed (see forms.bind).
    """
    current = get_language() or settings.LANGUAGE_CODE
    query = request.GET.copy() if request.GET else QueryDict(mutable=True)
    query.pop(SWITCH, None)
    suffix = f"?{query.urlencode()}" if query else ""
    found = []
    for code, name in settings.LANGUAGES:
        path = escape_uri_path(translated_path(request.path, code))
        found.append({
            "code": code,
            "name": name,
            "current": code == current,
            "url": path + suffix,
            "action": path + suffix,
            "absolute_url": f"{settings.PASSERELLE_BASE_URL}{path}",
        })  # fmt: skip
    return found


def translated_path(path: str, language: str) -> str:
    """The same page in another language; the welcome page for an address that has no language in it."""
    head, _, rest = path.lstrip("/").partition("/")
    known = {code for code, _ in settings.LANGUAGES}
    return f"/{language}/{rest}" if head in known else f"/{language}/"


def _person(request: HttpRequest) -> Any:
    person = getattr(request, "user", None)
    return person if person is not None and person.is_authenticated else None


def _home(request: HttpRequest) -> str:
    return navigation.address("desk/" if actor(request).kind is ActorKind.STAFF else "home/")


def _area(request: HttpRequest) -> list[dict[str, Any]]:
    who = actor(request)
    return navigation.area(request.path, who, desk=who.kind is ActorKind.STAFF, plsa=_acts_as_plsa(request))


def _acting(request: HttpRequest) -> Any:
    """The membership by which the session acts for a company; the gate has read those that let it in."""
    doors = getattr(request, "doors", ())
    chosen = request.session.get("company_key", "") if doors else ""
    return next((row for row in doors if row.company.key == chosen or len(doors) == 1), None)


def _acting_company(request: HttpRequest) -> Any:
    row = _acting(request)
    return row.company if row else None


def _acts_as_plsa(request: HttpRequest) -> bool:
    row = _acting(request)
    return bool(row and row.is_plsa)


def _roles(request: HttpRequest) -> str:
    return ", ".join(str(navigation.ROLES[role]) for role in sorted(actor(request).roles))


def _if_it_answers(path: str) -> str:
    url = navigation.address(path)
    return url if navigation.answers(url) else ""
