from django.apps import AppConfig
from django.core import checks


class JobsConfig(AppConfig):
    name = "passerelle.jobs"
    label = "jobs"

    def ready(self) -> None:
        from passerelle.jobs.checks import settings_agree

        checks.register(settings_agree, "passerelle")
