from django.urls import path

from passerelle.portal.access import acceptance, views
from passerelle.portal.help.contact import unknown_code

app_name = "access"

urlpatterns = [
    path("", views.analysis, name="analysis"),
    path("unknown-code/", unknown_code, name="unknown_code"),
    path("request/", views.request_access, name="request"),
    path("request/<slug:key>/", views.requested, name="requested"),
    path("send-again/", views.send_again, name="send_again"),
    path("activation/", views.send_activation, name="send_activation"),
    path("administrator/", views.ask_designation, name="ask_designation"),
    path("message/", views.write_to_plsa, name="write_to_plsa"),
    path("terms/<str:token>/", acceptance.terms, name="terms"),
    path("terms/<str:token>/refuse/", acceptance.refuse_terms, name="refuse_terms"),
    path("terms/<str:token>/not-me/", acceptance.not_me, name="not_me"),
    path("terms/<str:token>/new-link/", acceptance.new_link, name="new_link"),
    path("designation/<str:token>/", acceptance.designation, name="designation"),
    path("objection/<str:token>/", acceptance.objection, name="objection"),
    path("accepted/<slug:key>/", acceptance.accepted, name="accepted"),
    path("accepted/<slug:key>/<slug:form>/", acceptance.record, name="record"),
]
