from django.apps import AppConfig


class LimitsConfig(AppConfig):
    name = "passerelle.limits"
    label = "limits"
