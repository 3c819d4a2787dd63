"""Addresses of the public site that carry no language."""

from __future__ import annotations

from django.urls import path

from passerelle.portal.welcome import root

urlpatterns = [
    path("", root.root, name="root"),
    path("robots.txt", root.robots, name="robots"),
    path(".well-known/security.txt", root.security, name="security_txt"),
]
