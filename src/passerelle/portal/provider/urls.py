from __future__ import annotations

from django.urls import path

from passerelle.portal.provider import views

app_name = "provider"

urlpatterns = [
    path("sign-in/group/", views.start, name="start"),
    path("account/confirm/group/", views.confirm, name="confirm"),
]
