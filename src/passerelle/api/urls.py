"""The API, version 1: its description at openapi.json, its pages at docs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import ValidationError
from ninja.openapi.schema import OpenAPISchema

from passerelle import brand
from passerelle.api.access.views import problem
from passerelle.api.access.views import router as access


class DescribedAPI(NinjaAPI):
    """Writes the form of the brand's codes into the description. It is not enforced by it: what people type with blanks
    is read all the same, and what is wrong is told in our words."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**options)
        codes = brand.current().codes
        forms = {"cofor": codes.cofor_pattern, "site": f"({codes.site_pattern})?"}
        for operations in schema["paths"].values():
            for parameter in operations["get"]["parameters"]:
                if form := forms.get(parameter["name"]):
                    parameter["schema"]["pattern"] = f"^{form.replace('A-Z', 'A-Za-z')}$"
        return schema


api = DescribedAPI(
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
