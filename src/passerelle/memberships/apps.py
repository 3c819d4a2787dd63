from django.apps import AppConfig


class MembershipsConfig(AppConfig):
    name = "passerelle.memberships"
    label = "memberships"
