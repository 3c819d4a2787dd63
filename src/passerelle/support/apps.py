from django.apps import AppConfig


class SupportConfig(AppConfig):
    name = "passerelle.support"
    label = "support"
