from django.apps import AppConfig


class OpeningConfig(AppConfig):
    name = "passerelle.opening"
    label = "opening"

    def ready(self) -> None:
        """Tell the mail foundation where the records that mails carry come from."""
        from passerelle.mail import attachments
        from passerelle.opening.actions.records import record_file

        attachments.register("opening/record.pdf", lambda key: record_file(key, "pdf"))
        attachments.register("opening/record.json", lambda key: record_file(key, "json"))
