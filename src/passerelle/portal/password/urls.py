from __future__ import annotations

from django.urls import path

from passerelle.portal.password import views

app_name = "password"

urlpatterns = [
    path("", views.change, name="change"),
    path("saved/", views.saved, name="saved"),
]
