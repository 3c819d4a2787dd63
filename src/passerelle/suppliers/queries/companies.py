"""Finding one company."""

from __future__ import annotations

from passerelle import brand
from passerelle.suppliers.models import Company


def find_by_cofor(text: str) -> Company | None:
    """The company that holds the code, typed in any case and with blanks; active or not. One query, or none."""
    cofor = brand.current().codes.read_cofor(text)
    return Company.objects.filter(cofor=cofor).first() if cofor else None


def find_by_key(key: str) -> Company | None:
    """The company of an address."""
    return Company.objects.filter(key=key).first()


def find_by_duns(number: str) -> Company | None:
    """The company that holds a D-U-N-S Number, given as nine digits."""
    return Company.objects.filter(duns=number).first() if number else None
