"""Give every login that is not active a reason of the table of standings, before the database asks for one."""

from typing import Any

from django.db import migrations

KNOWN = {
    "suspended": {"by_plsa", "by_assistance"},
    "blocked": {"former_password", "by_assistance"},
    "deleted": {"by_plsa", "by_assistance"},
}


def name_reasons(apps: Any, schema_editor: Any) -> None:
    person = apps.get_model("accounts", "Person")
    for state, reasons in KNOWN.items():
        person.objects.filter(state=state).exclude(state_reason__in=reasons).update(state_reason="by_assistance")
    person.objects.filter(state="active").exclude(state_reason="").update(state_reason="")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunPython(name_reasons, migrations.RunPython.noop, elidable=True)]
