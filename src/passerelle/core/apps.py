from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "passerelle.core"
    label = "core"
