from __future__ import annotations

from django.urls import path

from passerelle.portal.terms import views

app_name = "terms"

urlpatterns = [
    path("", views.accept, name="accept"),
    path("ask/", views.ask, name="ask"),
]
