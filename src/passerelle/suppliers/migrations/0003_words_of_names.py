"""Give the companies that are there the words of their names. Running it again adds nothing."""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.models import Exists, OuterRef

BATCH = 2_000


def later_words(name_key: str) -> list[str]:
    # As `passerelle.suppliers.models.later_words` was when this was written.
    words = dict.fromkeys(word[:40] for word in name_key.split()[1:] if len(word) >= 3)
    return list(words)[:8]


def fill(apps: Any, schema_editor: Any) -> None:
    company, word = apps.get_model("suppliers", "Company"), apps.get_model("suppliers", "NameWord")
    last = 0
    while True:
        wordless = company.objects.filter(~Exists(word.objects.filter(company=OuterRef("pk"))), name_key__contains=" ")
        rows = list(wordless.filter(pk__gt=last).order_by("pk").values_list("pk", "name_key")[:BATCH])
        if not rows:
            return
        word.objects.bulk_create(
            [word(company_id=pk, word=part) for pk, key in rows for part in later_words(key)], batch_size=BATCH
        )
        last = rows[-1][0]


class Migration(migrations.Migration):
    dependencies = [("suppliers", "0002_nameword")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
