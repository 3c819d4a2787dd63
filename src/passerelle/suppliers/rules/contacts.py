"""Whether a mailbox is on record for a company (C10, decision 7)."""

from __future__ import annotations

from typing import Literal

from passerelle import brand
from passerelle.mail import addresses
from passerelle.suppliers.models import Company


def match_contact(company: Company, email: str) -> Literal["contact", "domain"] | None:
    """How the address is known for the company: as a mailbox on record, by its domain, or not at all.

    Compared on folded keys, so that case and look-alike letters make no difference. A domain at which anybody can
    open a mailbox proves nothing and never matches, whether or not it is on record. Uses what was prefetched.
    """
    key = addresses.fold(email)
    if any(contact.email_key == key for contact in company.contacts.all()):
        return "contact"
    if addresses.check(email.strip()):  # what nobody can be written to proves no domain
        return None
    domain = addresses.domain(email)
    if brand.current().mail.is_free(domain):
        return None
    if any(addresses.fold_domain(known.domain) == domain for known in company.email_domains.all()):
        return "domain"
    return None
