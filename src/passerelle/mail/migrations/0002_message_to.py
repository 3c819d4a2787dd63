from django.db import migrations, models
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    """The ledger finds mails by their address (I7)."""

    dependencies = [("mail", "0001_initial")]

    operations = [
        migrations.AddIndex(model_name="message", index=models.Index(Upper("to_address"), name="mail_message_to")),
    ]
