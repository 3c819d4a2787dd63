"""The API, version 1: its description at openapi.json, its pages at docs."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import ValidationError

from passerelle.api.access.views import problem
from passerelle.api.access.views import router as access

api = NinjaAPI(
    title="Passerelle",
    version="1",
    description="What the portal answers to programs. Without a key the limits of the public pages hold.",
    urls_namespace="api",
    docs_url="/docs",
    openapi_url="/openapi.json",
)
api.add_router("", access)


@api.exception_handler(ValidationError)
def malformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A parameter that its description does not allow: the same form of answer as every other refusal."""
    names = sorted({str(fault["loc"][-1]) for fault in error.errors if fault.get("loc")})
    words = _("These values are not as the description of the API asks: %(names)s.") % {"names": ", ".join(names)}
    return api.create_response(request, problem("malformed", words), status=422)
