from django.urls import path

from passerelle.portal.recovery import choose, messages

app_name = "recovery"

# The two forms themselves are called welcome:forgotten_password and welcome:forgotten_login.
urlpatterns = [
    path("message/", messages.write, name="write"),
    path("message/<slug:key>/", messages.written, name="written"),
    path("choose/<str:token>/", choose.choose, name="choose"),
]
