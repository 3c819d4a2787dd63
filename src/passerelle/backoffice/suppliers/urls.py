from __future__ import annotations

from django.urls import path

from passerelle.backoffice.suppliers import views

urlpatterns = [
    path("", views.companies, name="companies"),
    path("<slug:key>/", views.company, name="company"),
    path("<slug:key>/suspend/", views.suspend, name="suspend"),
    path("<slug:key>/resume/", views.resume, name="resume"),
    path("<slug:key>/activation/", views.activation, name="activation"),
]
