from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "passerelle.mail"
    label = "mail"
