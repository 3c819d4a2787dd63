"""Present your company: for whom it is, what to prepare, who decides, and how to write to us (annex 1)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from passerelle.portal.help.texts import texts
from passerelle.portal.help.views import places
from passerelle.web.access import open_page

QUESTIONS = ("duns", "duns-where", "duns-known", "email-known")


@open_page
@require_safe
def introduction(request: HttpRequest) -> HttpResponse:
    known = texts(get_language() or "en")
    context = {"places": places(), "questions": [known.article(anchor) for anchor in QUESTIONS]}
    return render(request, "presentation/introduction.html", context)
