from __future__ import annotations

from django.urls import path

from passerelle.backoffice.people import views

urlpatterns = [
    path("", views.people, name="people"),
    path("diagnosis/", views.number, name="diagnosis"),
    path("<slug:key>/", views.person, name="person"),
    path("<slug:key>/<slug:name>/", views.act, name="person_act"),
]
