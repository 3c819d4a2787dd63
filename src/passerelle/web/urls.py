"""The addresses of the frame itself: the brand's style sheet, the challenge of the proof of work."""

from __future__ import annotations

from django.urls import path

from passerelle.web import robots, views

urlpatterns = [
    path("brand-<slug:digest>.css", views.brand_css, name="brand_css"),
    path("proof/challenge", robots.challenge, name="challenge"),
]
