from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "passerelle.jobs"
    label = "jobs"
