"""The brand's style sheet: the one address of the frame itself."""

from __future__ import annotations

from django.urls import path

from passerelle.web import views

urlpatterns = [path("brand-<slug:digest>.css", views.brand_css, name="brand_css")]
