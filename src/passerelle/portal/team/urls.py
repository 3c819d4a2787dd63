from django.urls import path

from passerelle.portal.team import views

app_name = "team"

urlpatterns = [
    path("", views.people, name="people"),
    path("diagnosis/", views.number, name="diagnosis"),
    path("<slug:key>/", views.person, name="person"),
    path("<slug:key>/<slug:name>/", views.act, name="act"),
]
