from django.apps import AppConfig


class BackofficeConfig(AppConfig):
    name = "passerelle.backoffice"
    label = "backoffice"
