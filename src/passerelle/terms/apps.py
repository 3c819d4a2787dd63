from django.apps import AppConfig


class TermsConfig(AppConfig):
    name = "passerelle.terms"
    label = "terms"
