"""The desk alone, with the addresses of the frame."""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from passerelle.web import errors

urlpatterns = [
    path("", include("passerelle.web.urls")),
    *i18n_patterns(path("desk/", include("passerelle.backoffice.urls"))),
]

handler403 = errors.forbidden
handler404 = errors.not_found
