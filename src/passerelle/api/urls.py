"""The API, version 1: its description at openapi.json, its pages at docs."""

from __future__ import annotations

from ninja import NinjaAPI

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
