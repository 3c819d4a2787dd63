from __future__ import annotations

from django.urls import path

from passerelle.portal.presentation import views

app_name = "presentation"

urlpatterns = [
    path("", views.introduction, name="introduction"),
]
