"""The facts of stored companies, read in batches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from passerelle.suppliers.models import Company, Suco


@dataclass(frozen=True, slots=True)
class Stored:
    """A company with everything a change can touch."""

    company: Company
    contacts: dict[str, tuple[int, str]]  # folded address → row, address as written
    domains: dict[str, int]
    sites: dict[str, tuple[int, str]]  # code → row, name
    sucos: dict[str, int]
    categories: dict[str, int]

    @property
    def lists(self) -> dict[str, tuple[str, ...] | tuple[tuple[str, str], ...]]:
        """The lists as a change carries them: sorted."""
        return {
            "contact_email": tuple(sorted(email for _, email in self.contacts.values())),
            "email_domains": tuple(sorted(self.domains)),
            "sites": tuple(sorted((code, name) for code, (_, name) in self.sites.items())),
            "sucos": tuple(sorted(self.sucos)),
            "categories": tuple(sorted(self.categories)),
        }


def stored(cofors: Iterable[str], *, lock: bool = False) -> dict[str, Stored]:
    """Companies by COFOR with their lists: six queries whatever their number. `lock` holds them until the commit."""
    companies: QuerySet[Company] = Company.objects.filter(cofor__in=list(cofors)).order_by("pk")
    if lock:
        companies = companies.select_for_update(of=("self",))
    found = list(companies.prefetch_related("contacts", "email_domains", "sites", "sucos", "categories"))
    return {company.cofor: _stored(company) for company in found}


def _stored(company: Company) -> Stored:
    return Stored(
        company=company,
        contacts={row.email_key: (row.pk, row.email) for row in company.contacts.all()},
        domains={row.domain: row.pk for row in company.email_domains.all()},
        sites={row.code: (row.pk, row.name) for row in company.sites.all()},
        sucos={row.code: row.pk for row in company.sucos.all()},
        categories={row.code: row.pk for row in company.categories.all()},
    )


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
