"""The staff desk, mounted at /{lang}/desk/ (contract)."""

from __future__ import annotations

from django.urls import include, path

app_name = "desk"

urlpatterns = [
    path("", include("passerelle.backoffice.overview.urls")),
    path("openings/", include("passerelle.backoffice.openings.urls")),
    path("companies/", include("passerelle.backoffice.suppliers.urls")),
    path("people/", include("passerelle.backoffice.people.urls")),
    path("tickets/", include("passerelle.backoffice.support.urls")),
    path("mails/", include("passerelle.backoffice.mails.urls")),
    path("trail/", include("passerelle.backoffice.trail.urls")),
]
