from __future__ import annotations

from django.urls import path

from passerelle.portal.recovery.views import forgotten_login, forgotten_password
from passerelle.portal.welcome import views

app_name = "welcome"

urlpatterns = [
    path("", views.home, name="home"),
    path("forgotten-login/", forgotten_login, name="forgotten_login"),
    path("forgotten-password/", forgotten_password, name="forgotten_password"),
    path("information/", views.information, name="information"),
    path("information/guide/", views.guide, name="guide"),
    path("information/general-terms/", views.general_terms, name="general_terms"),
    path("information/about/", views.about, name="about"),
    path("browsers/", views.browsers, name="browsers"),
    path("legal-notice/", views.legal_notice, name="legal_notice"),
    path("personal-data/", views.personal_data, name="personal_data"),
    path("cookies/", views.cookies, name="cookies"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("site-map/", views.site_map, name="site_map"),
]
