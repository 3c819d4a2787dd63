from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_provideridentity'),
    ]

    operations = [
        migrations.AddField(
            model_name='person',
            name='sessions_ended_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
