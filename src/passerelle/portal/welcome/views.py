"""The public site outside the journeys: welcome, information, and the pages every site owes its visitors (A1–A7)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from passerelle import brand
from passerelle.brand import page as brand_page
from passerelle.brand.text import Text
from passerelle.core.actor import ActorKind
from passerelle.portal.help.markdown import to_html
from passerelle.portal.help.texts import texts
from passerelle.portal.help.views import places
from passerelle.portal.welcome import terms
from passerelle.portal.welcome.browsers import recognise
from passerelle.portal.welcome.forms import QuickCheckForm
from passerelle.portal.welcome.site import groups
from passerelle.web import drafts
from passerelle.web.access import open_page
from passerelle.web.navigation import address
from passerelle.web.requests import actor


def _language() -> str:
    return get_language() or "en"


@open_page
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Three ways to go, the quick check, sign-in with its three ways out, help (A2). News come with content (A8)."""
    is_staff = request.user.is_authenticated and actor(request).kind is ActorKind.STAFF
    context = {
        "places": places(),
        "form": QuickCheckForm(),
        "news": [],
        "guide": texts(_language()).guide,
        "is_staff": is_staff,
        "private_url": address("desk/" if is_staff else "home/" if request.user.is_authenticated else "sign-in/"),
    }
    return render(request, "welcome/home.html", context)


@open_page
@require_safe
def information(request: HttpRequest) -> HttpResponse:
    """What suppliers may know: the guide by step, documents, what the portal works with (A7)."""
    chosen = brand.current()
    context = {
        "places": places(),
        "guide": texts(_language()).guide,
        "terms": terms.in_force(_language()),
        "has_about": bool(chosen.links.about or brand_page(chosen, "about", _language())),
    }
    return render(request, "welcome/information.html", context)


@open_page
@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    """The guide of the public area in five parts, on one page that prints well (A4, annex 2)."""
    return render(request, "welcome/guide.html", {"places": places(), "guide": texts(_language()).guide})


@open_page
@require_safe
def general_terms(request: HttpRequest) -> HttpResponse:
    """The version in force, readable by everybody."""
    context = {"places": places(), "terms": terms.in_force(_language())}
    return render(request, "welcome/general_terms.html", context)


@open_page
@require_safe
def about(request: HttpRequest) -> HttpResponse:
    return _brand_page(request, "about", brand.current().links.about)


@open_page
@require_safe
def legal_notice(request: HttpRequest) -> HttpResponse:
    return _brand_page(request, "legal-notice", brand.current().links.legal_notice)


@open_page
@require_safe
def personal_data(request: HttpRequest) -> HttpResponse:
    return _brand_page(request, "personal-data", brand.current().links.personal_data)


def _brand_page(request: HttpRequest, name: str, elsewhere: Text | None) -> HttpResponse:
    """A page that only the organisation can write: its own text, or the way to it on the organisation's site."""
    written = brand_page(brand.current(), name, _language())
    context: dict[str, Any] = {"name": name, "places": places(), "elsewhere": str(elsewhere) if elsewhere else ""}
    if written is not None:
        context |= {"written": written, "html": to_html(written.text)}
    return render(request, "welcome/brand_page.html", context)


@open_page
@require_safe
def browsers(request: HttpRequest) -> HttpResponse:
    """What is supported, and how well this visitor's browser is (A5)."""
    found = recognise(request.headers.get("User-Agent", ""))
    response = render(request, "welcome/browsers.html", {"places": places(), "found": found})
    patch_vary_headers(response, ["User-Agent"])
    return response


@open_page
@require_safe
def cookies(request: HttpRequest) -> HttpResponse:
    """The cookies this deployment sets, by the names it sets them under (decision 22)."""
    context = {
        "places": places(),
        "session_name": settings.SESSION_COOKIE_NAME,
        "csrf_name": settings.CSRF_COOKIE_NAME,
        "language_name": settings.LANGUAGE_COOKIE_NAME,
        "last_person_name": drafts.WHOSE,
        "drafts_name": drafts.COOKIE,
    }
    return render(request, "welcome/cookies.html", context)


@open_page
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement: state, what was checked, what is left, whom to tell (P35)."""
    return render(request, "welcome/accessibility.html", {"places": places()})


@open_page
@require_safe
def site_map(request: HttpRequest) -> HttpResponse:
    return render(request, "welcome/site_map.html", {"groups": groups(_language())})
