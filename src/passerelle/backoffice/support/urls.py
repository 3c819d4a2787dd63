from __future__ import annotations

from django.urls import path

from passerelle.backoffice.support import views

urlpatterns = [
    path("", views.tickets, name="tickets"),
    path("<slug:key>/", views.ticket, name="ticket"),
    path("<slug:key>/close/", views.close, name="ticket_close"),
    path("<slug:key>/contacts/", views.contacts, name="ticket_contacts"),
    path("<slug:key>/reopen/", views.reopen, name="ticket_reopen"),
]
