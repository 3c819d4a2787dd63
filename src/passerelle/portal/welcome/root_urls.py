"""The one address of people without a language."""

from __future__ import annotations

from django.urls import path

from passerelle.portal.welcome.root import root

urlpatterns = [path("", root, name="root")]
