from django.apps import AppConfig
from django.core import checks


class MailConfig(AppConfig):
    name = "passerelle.mail"
    label = "mail"

    def ready(self) -> None:
        from passerelle.mail.checks import settings_agree

        checks.register(settings_agree, "passerelle")
