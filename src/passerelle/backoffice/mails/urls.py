from __future__ import annotations

from django.urls import path

from passerelle.backoffice.mails import views

urlpatterns = [
    path("", views.mails, name="mails"),
    path("<slug:key>/", views.mail, name="mail"),
]
