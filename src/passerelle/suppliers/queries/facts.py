"""The facts of stored companies, read in batches."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, QuerySet

from passerelle.suppliers.models import Category, Company, Contact, EmailDomain, Site, Suco


@dataclass(slots=True)
class Stored:
    """A company with everything a change can touch. The lists are by key: row and words."""

    company: Company
    contacts: dict[str, tuple[int, str]] = field(default_factory=dict)  # folded address → row, address as written
    domains: dict[str, tuple[int, str]] = field(default_factory=dict)
    sites: dict[str, tuple[int, tuple[str, str]]] = field(default_factory=dict)  # code → row, code and name
    sucos: dict[str, tuple[int, str]] = field(default_factory=dict)
    categories: dict[str, tuple[int, str]] = field(default_factory=dict)

    @property
    def lists(self) -> dict[str, tuple[str, ...] | tuple[tuple[str, str], ...]]:
        """The lists as a change carries them: sorted."""
        return {
            "contact_email": tuple(sorted(email for _, email in self.contacts.values())),
            "email_domains": tuple(sorted(self.domains)),
            "sites": tuple(sorted(site for _, site in self.sites.values())),
            "sucos": tuple(sorted(self.sucos)),
            "categories": tuple(sorted(self.categories)),
        }


def stored(cofors: Iterable[str], *, lock: bool = False) -> dict[str, Stored]:
    """Companies by COFOR with their lists: six queries whatever their number. `lock` holds them until the commit."""
    companies: QuerySet[Company] = Company.objects.filter(cofor__in=list(cofors)).order_by("pk")
    if lock:
        companies = companies.select_for_update(of=("self",))
    found = {company.pk: Stored(company) for company in companies}
    if found:
        # Plain tuples in place of prefetched rows: an import reads a million of them.
        for pk, company, key, email in _rows(Contact, found, "email_key", "email"):
            found[company].contacts[key] = (pk, email)
        for pk, company, domain in _rows(EmailDomain, found, "domain"):
            found[company].domains[domain] = (pk, domain)
        for pk, company, code, name in _rows(Site, found, "code", "name"):
            found[company].sites[code] = (pk, (code, name))
        for pk, company, code in _rows(Suco, found, "code"):
            found[company].sucos[code] = (pk, code)
        for pk, company, code in _rows(Category, found, "code"):
            found[company].categories[code] = (pk, code)
    return {one.company.cofor: one for one in found.values()}


def _rows(model: type[Model], companies: Collection[int], *columns: str) -> Iterable[tuple[Any, ...]]:
    return model._default_manager.filter(company_id__in=list(companies)).values_list("pk", "company_id", *columns)


def holders_of_duns(numbers: Sequence[str]) -> dict[str, str]:
    """D-U-N-S Number → COFOR of the company that holds it."""
    rows = Company.objects.filter(duns__in=numbers).values_list("duns", "cofor")
    return {duns: cofor for duns, cofor in rows if duns}


def holders_of_sucos(codes: Sequence[str]) -> dict[str, str]:
    """SUCO → COFOR of the company that holds it."""
    return dict(Suco.objects.filter(code__in=codes).values_list("code", "company__cofor"))


def known_cofors(cofors: Sequence[str]) -> set[str]:
    """Which of the codes belong to a company."""
    return set(Company.objects.filter(cofor__in=cofors).values_list("cofor", flat=True))
