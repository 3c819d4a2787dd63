"""Where the group's own provider sends people back: one exact address is registered there, so it has no language."""

from __future__ import annotations

from django.urls import path

from passerelle.portal.provider import views

urlpatterns = [
    path("sign-in/group/callback/", views.callback, name="provider_callback"),
]
