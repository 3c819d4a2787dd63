"""The rules of the Suppliers Database: pure, and free of the request that asks."""

from passerelle.suppliers.rules.codes import (
    check_cofor,
    check_duns,
    check_site,
    normalise_cofor,
    normalise_duns,
    normalise_site,
)
from passerelle.suppliers.rules.contacts import match_contact

__all__ = [
    "check_cofor",
    "check_duns",
    "check_site",
    "match_contact",
    "normalise_cofor",
    "normalise_duns",
    "normalise_site",
]
