"""The one answer that belongs to no journey: the brand's style sheet."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from passerelle import brand
from passerelle.web.access import open_page


@open_page
@require_safe
def brand_css(request: HttpRequest, digest: str) -> HttpResponse:
    """The brand's tokens. The address changes with them, so browsers keep it for a year; an old one still answers."""
    response = HttpResponse(brand.css_text(), content_type="text/css; charset=utf-8")
    fresh = digest == brand.css_hash()
    response["Cache-Control"] = "public, max-age=31536000, immutable" if fresh else "no-cache"
    return response
