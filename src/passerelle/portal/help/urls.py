from __future__ import annotations

from django.urls import path

from passerelle.portal.help import contact, views

app_name = "help"

urlpatterns = [
    path("", views.topics, name="topics"),
    path("glossary/", views.glossary, name="glossary"),
    path("blocked-access/", views.situation, {"name": "blocked"}, name="blocked"),
    path("contact/", contact.contact, name="contact"),
    path("contact/sent/<slug:key>/", contact.sent, name="sent"),
    path("contact/copy/<str:token>/", contact.copy, name="copy"),
]
