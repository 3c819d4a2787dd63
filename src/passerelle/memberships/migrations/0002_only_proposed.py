"""Whether a membership is only proposed is kept, and no longer derived from its mandates at every question."""

from django.db import migrations, models


def fill(apps, schema_editor):
    """As it was derived: begun at the instant its mandate was proposed, with no other mandate in force."""
    Membership, Mandate = apps.get_model("memberships", "Membership"), apps.get_model("memberships", "Mandate")
    waits = Mandate.objects.filter(
        membership=models.OuterRef("pk"), state="proposed", starts_at=models.OuterRef("started_at")
    )
    held = Mandate.objects.filter(membership=models.OuterRef("pk"), state="in_force")
    Membership.objects.filter(models.Exists(waits), ~models.Exists(held)).update(only_proposed=True)


class Migration(migrations.Migration):
    dependencies = [("memberships", "0001_initial")]

    operations = [
        migrations.AddField("membership", "only_proposed", models.BooleanField(default=False)),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
