from django.urls import path

from passerelle.portal.session import by_link, private, views

app_name = "session"

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-in/device/", by_link.device_ask, name="device_ask"),
    path("sign-in/device/<str:token>/", by_link.device, name="device"),
    path("sign-in/lift/<str:token>/", by_link.lift, name="lift"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("password/choose/<str:token>/", views.activation, name="activation"),
    path("home/", private.home, name="home"),
    path("home/company/", private.choose_company, name="choose_company"),
    path("home/mandate/", private.answer_mandate, name="answer_mandate"),
]
