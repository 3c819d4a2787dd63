from django.urls import path

from passerelle.portal.account import stay

app_name = "stay"

urlpatterns = [
    path("extend/", stay.extend, name="extend"),
]
