from __future__ import annotations

from django.urls import path

from passerelle.portal.factors import adding, challenge, codes, confirm, overview, removal

app_name = "factors"

urlpatterns = [
    path("sign-in/second-factor/", challenge.challenge, name="challenge"),
    path("sign-in/second-factor/passkey/", challenge.challenge_passkey, name="challenge_passkey"),
    path("account/confirm/", confirm.confirm, name="confirm"),
    path("account/confirm/passkey/", confirm.confirm_passkey, name="confirm_passkey"),
    path("account/second-factor/", overview.overview, name="overview"),
    path("account/second-factor/passkey/", adding.add_passkey, name="add_passkey"),
    path("account/second-factor/passkey/new/", adding.new_passkey, name="new_passkey"),
    path("account/second-factor/authenticator/", adding.add_authenticator, name="add_authenticator"),
    path("account/second-factor/recovery-codes/", codes.codes, name="codes"),
    path("account/second-factor/recovery-codes/new/", codes.renew_codes, name="renew_codes"),
    path("account/second-factor/recovery-codes/file/", codes.download_codes, name="download_codes"),
    path("account/second-factor/keep/", overview.keep, name="keep"),
    path("account/second-factor/keep/<str:token>/", removal.removal, name="removal"),
    path("account/second-factor/<slug:key>/rename/", overview.rename, name="rename"),
    path("account/second-factor/<slug:key>/remove/", overview.remove, name="remove"),
]
