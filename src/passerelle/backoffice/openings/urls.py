"""The queue of openings, one opening, and what is decided on it."""

from __future__ import annotations

from django.urls import path

from passerelle.backoffice.openings import decisions, views

urlpatterns = [
    path("", views.queue, name="openings"),
    path("<slug:key>/", views.opening, name="opening"),
    path("<slug:key>/records/<slug:record>.<slug:form>", views.record, name="record"),
    path("<slug:key>/verify/", decisions.verify, name="verify"),
    path("<slug:key>/refuse/", decisions.refuse, name="refuse"),
    path("<slug:key>/settle/", decisions.settle, name="settle"),
    path("<slug:key>/approve-plsa/", decisions.approve_plsa, name="approve_plsa"),
    path("<slug:key>/send-again/", decisions.send_again, name="send_again"),
]
