"""The gallery, included behind a language in debug only."""

from __future__ import annotations

from django.urls import path

from passerelle.web import gallery

app_name = "gallery"

urlpatterns = [
    path("", gallery.index, name="index"),
    path("states/<slug:name>/", gallery.state, name="state"),
]
