"""Pages that links of tests lead to: the real ones stand on a higher floor."""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def page(request: HttpRequest, token: str) -> HttpResponse:
    return HttpResponse(token)


access = [
    path("terms/<str:token>/", page, name="terms"),
    path("objection/<str:token>/", page, name="objection"),
    path("designation/<str:token>/", page, name="designation"),
]
session = [path("activation/<str:token>/", page, name="activation")]

urlpatterns = i18n_patterns(
    path("get-an-access/", include((access, "access"))),
    path("", include((session, "session"))),
)
