from __future__ import annotations

from django.urls import path

from passerelle.backoffice.trail import views

urlpatterns = [path("", views.trail, name="trail")]
