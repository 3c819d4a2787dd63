from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "passerelle.operations"
    label = "operations"
