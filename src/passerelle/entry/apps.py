from django.apps import AppConfig


class EntryConfig(AppConfig):
    name = "passerelle.entry"
    label = "entry"
