from django.urls import path

from passerelle.portal.account import data, details, email, overview, sessions

app_name = "account"

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("details/", details.details, name="details"),
    path("language/", details.language, name="language"),
    path("email/", email.ask, name="email"),
    path("email/cancel/", email.cancel, name="email_cancel"),
    path("email/old/<str:token>/", email.old, name="email_old"),
    path("email/new/<str:token>/", email.new, name="email_new"),
    path("sessions/", sessions.sessions, name="sessions"),
    path("sessions/end/", sessions.end, name="session_end"),
    path("sessions/end-others/", sessions.end_others, name="session_end_others"),
    path("activity/", sessions.activity, name="activity"),
    path("data/", data.page, name="data"),
    path("data/download/", data.download, name="data_download"),
]
