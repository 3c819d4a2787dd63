"""Every address of the portal (contract). Pages of people carry their language; machines' addresses do not."""

from __future__ import annotations

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from passerelle.api.urls import api
from passerelle.web import errors
from passerelle.web.access import open_urls

urlpatterns = [
    path("", include("passerelle.portal.welcome.root_urls")),
    path("", include("passerelle.portal.provider.root_urls")),
    path("", include("passerelle.operations.urls")),
    path("", include("passerelle.web.urls")),
    path("api/v1/", (list(open_urls(api.urls[0])), *api.urls[1:])),
    *i18n_patterns(
        path("", include("passerelle.portal.welcome.urls")),
        path("present-your-company/", include("passerelle.portal.presentation.urls")),
        path("get-an-access/", include("passerelle.portal.access.urls")),
        path("help/", include("passerelle.portal.help.urls")),
        path("forgotten-password/", include("passerelle.portal.recovery.urls")),
        path("", include("passerelle.portal.session.urls")),
        path("", include("passerelle.portal.factors.urls")),
        path("", include("passerelle.portal.provider.urls")),
        path("password/", include("passerelle.portal.password.urls")),
        path("terms/", include("passerelle.portal.terms.urls")),
        path("account/", include("passerelle.portal.account.urls")),
        path("session/", include("passerelle.portal.account.stay_urls")),
        path("team/", include("passerelle.portal.team.urls")),
        path("desk/", include("passerelle.backoffice.urls")),
    ),
]

if settings.DEBUG:
    urlpatterns += i18n_patterns(path("gallery/", include("passerelle.web.gallery_urls")))

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
