"""The gallery, included behind a language in debug only."""

from __future__ import annotations

from django.urls import path

from passerelle.web import gallery, mail_samples

app_name = "gallery"

mail_samples.register()

urlpatterns = [
    path("", gallery.index, name="index"),
    path("states/<slug:name>/", gallery.state, name="state"),
]
