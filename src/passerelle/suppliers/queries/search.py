"""Finding companies by whatever is known of them (H3)."""

from __future__ import annotations

import re

from django.db.models import Q, QuerySet

from passerelle.mail.addresses import fold
from passerelle.suppliers.models import Company, Contact, Suco, fold_name
from passerelle.suppliers.rules import normalise_cofor, normalise_duns

_MOST = 50
_SIGNS = re.compile(r"[\s.\-/]+")


def search(text: str, *, active: bool | None = None) -> QuerySet[Company]:
    """Companies that a text names, in any of its spellings: by identifier (COFOR, D-U-N-S Number, VAT and registration
    number, SUCO, mailbox on record), else by the beginning of the name, else by a part of it. Every company if empty.

    Each way uses an index but the last, which is tried only when the others found nothing.
    """
    rows = Company.objects.all() if active is None else Company.objects.filter(active=active)
    wanted = text.strip()
    if not wanted:
        return rows
    if keys := _identified(wanted):
        return rows.filter(pk__in=keys)
    name = fold_name(wanted)
    beginning = rows.filter(name_key__startswith=name)
    return beginning if beginning.exists() else rows.filter(name_key__contains=name)


def _identified(text: str) -> set[int]:
    code, duns, bare = normalise_cofor(text), normalise_duns(text), _SIGNS.sub("", text).upper()
    own = Q(cofor=code) | Q(vat_number__in=[text, bare]) | Q(registration_number__in=[text, bare])
    if duns.isascii() and duns.isdigit() and len(duns) == 9:
        own |= Q(duns=duns)
    keys = set(Company.objects.filter(own).values_list("pk", flat=True)[:_MOST])
    keys |= set(Suco.objects.filter(code__in=[text, code]).values_list("company_id", flat=True)[:_MOST])
    if "@" in text:
        keys |= set(Contact.objects.filter(email_key=fold(text)).values_list("company_id", flat=True)[:_MOST])
    return keys
