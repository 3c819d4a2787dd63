from django.apps import AppConfig


class SuppliersConfig(AppConfig):
    name = "passerelle.suppliers"
    label = "suppliers"
