"""The fixed cast: the companies and people that tests speak of."""

from __future__ import annotations

from datetime import datetime, timedelta

from passerelle.core.actor import SYSTEM, visitor
from passerelle.mail.models import Link
from passerelle.opening.actions import PartyData, request_access
from passerelle.opening.models import Opening
from passerelle.suppliers.models import Company, Contact, EmailDomain, fold_name
from passerelle.terms import actions as terms
from passerelle.terms.models import Text, Version

REQUESTER = PartyData("Rita", "Requester", "rita@fournier.example", "+33 1 00 00 00 00", "Sales")
REPRESENTATIVE = PartyData("Léon", "Représentant", "leon@fournier.example", "", "Managing director")
PLSA = PartyData("Paula", "O'Plsa", "Paula@fournier.example", "", "IT")
HOSTILE = PartyData("Hugo", "Hostile", "hugo@elsewhere.example")
ACCOMPLICE = PartyData("Anna", "Accomplice", "anna@elsewhere.example")
VISITOR = visitor("192.0.2.7")


def company(now: datetime, *, cofor: str = "AB12CD", name: str = "Fournier Précision", **more: object) -> Company:
    """A company of the Suppliers Database: `contact@fournier.example` and its domain are on record."""
    found = Company.objects.create(
        cofor=cofor, name=name, name_key=fold_name(name), country="FR", created_at=now, updated_at=now, **more
    )
    return found


def on_record(company: Company, *emails: str, domains: tuple[str, ...] = ()) -> None:
    for email in emails:
        Contact.objects.create(company=company, email=email, email_key=email.casefold())
    for domain in domains:
        EmailDomain.objects.create(company=company, domain=domain)


def publish_terms(now: datetime, number: int = 1, deadline: timedelta | None = None) -> Version:
    return terms.publish(
        number=number,
        effective_at=now - timedelta(days=1),
        deadline_at=now + deadline if deadline is not None else None,
        wordings=[
            terms.Wording("en", "General Terms of Use", f"Terms number {number}."),
            terms.Wording("fr", "Conditions générales d'utilisation", f"Conditions numéro {number}."),
        ],
        actor=SYSTEM,
        now=now,
    )


def text(language: str = "en") -> Text:
    return Text.objects.filter(language=language).order_by("-version__number")[0]


def ask(
    company: Company,
    now: datetime,
    *,
    requester: PartyData = REQUESTER,
    representative: PartyData = REPRESENTATIVE,
    plsa: PartyData = PLSA,
    language: str = "en",
    site: str = "",
) -> Opening:
    return request_access(
        cofor=company.cofor, site_code=site, requester=requester, representative=representative, plsa=plsa,
        language=language, actor=VISITOR, now=now,
    ).opening  # fmt: skip


def link(opening: Opening, purpose: str = "terms") -> Link:
    """The living link of an opening."""
    return Link.objects.get(
        purpose=purpose, subject_key__startswith=opening.key, used_at__isnull=True, superseded_at__isnull=True
    )
