from django.apps import AppConfig


class OpeningConfig(AppConfig):
    name = "passerelle.opening"
    label = "opening"
