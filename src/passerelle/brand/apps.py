from django.apps import AppConfig


class BrandConfig(AppConfig):
    name = "passerelle.brand"
    label = "brand"

    def ready(self) -> None:
        from passerelle.brand import checks  # noqa: F401  (registers the system checks)
