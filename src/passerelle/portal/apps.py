from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "passerelle.portal"
    label = "portal"
