"""Acts on one company: registering, closing, reopening."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from passerelle import brand
from passerelle.core.actor import Actor
from passerelle.core.errors import Refused
from passerelle.suppliers.actions.write import facts_of, write
from passerelle.suppliers.enums import CompanyKind, Source
from passerelle.suppliers.models import Company
from passerelle.suppliers.queries.facts import holders_of_duns, holders_of_sucos, known_cofors, stored
from passerelle.suppliers.rules.cells import Cells
from passerelle.suppliers.rules.changes import NOT_GIVEN, Facts, Value, compare
from passerelle.suppliers.rules.reasons import Unfit


def register(
    *,
    actor: Actor,
    now: datetime,
    cofor: str,
    name: str,
    country: str,
    source: Source,
    duns: str = "",
    vat_number: str = "",
    registration_number: str = "",
    street: str = "",
    postcode: str = "",
    city: str = "",
    website: str = "",
    kind: str = CompanyKind.SUPPLIER,
    contact_emails: Sequence[str] = (),
    email_domains: Sequence[str] = (),
    sites: Sequence[tuple[str, str]] = (),
    sucos: Sequence[str] = (),
    categories: Sequence[str] = (),
) -> Company:
    """Take a company into the Suppliers Database as active, with its first line of status history (H1, B5).

    The facts are held to the same rules as the rows of an import. Refuses with the rule's code and the field; with
    "cofor_taken", "duns_taken" or "suco_taken" if another company holds the code, closed companies included: a code
    is never given twice.
    """
    cells = Cells(brand.current())
    texts = {
        "cofor": cofor,
        "name": name,
        "country": country,
        "duns": duns,
        "vat_number": vat_number,
        "registration_number": registration_number,
        "street": street,
        "postcode": postcode,
        "city": city,
        "website": website,
        "kind": kind,
    }
    facts: Facts = {column: _fit(column, cells.read[column], text) for column, text in texts.items()}
    facts["contact_email"] = _fit("contact_email", cells.emails, list(contact_emails))
    facts["email_domains"] = _fit("email_domains", cells.domains, list(email_domains))
    facts["sites"] = _fit("sites", cells.sites, list(sites))
    facts["sucos"] = _fit("sucos", cells.sucos, list(sucos))
    facts["categories"] = _fit("categories", cells.category_codes, list(categories))
    code = str(facts.pop("cofor"))
    try:
        with transaction.atomic():
            _check_free(code, facts)
            [company] = write([compare(code, facts, None)], actor=actor, now=now, source=source)
    except IntegrityError:  # somebody else was faster: say which code it was
        _check_free(code, facts)
        raise
    return company


def close_company(
    *,
    actor: Actor,
    now: datetime,
    company: Company,
    reason: str,
    successor_cofor: str = "",
    source: Source = Source.DESK,
) -> Company:
    """Say that the company no longer exists as a legal entity: its COFOR becomes inactive (H4).

    That ends its people's access without a word from here: a mandate counts only while its company is active.
    Refuses with "company_closed" if it is closed already, and with the rule's code if a text cannot be kept.
    """
    cells = Cells(brand.current())
    words = _fit("closed_reason", cells.read["closed_reason"], reason)
    given: Facts = {"active": False, "closed_reason": words or NOT_GIVEN}
    if successor_cofor:
        given["successor_cofor"] = _fit("successor_cofor", cells.read["successor_cofor"], successor_cofor)
        if given["successor_cofor"] == company.cofor:
            raise Refused("own_successor", field="successor_cofor")
    return _change(company, given, actor=actor, now=now, source=source)


def reopen_company(*, actor: Actor, now: datetime, company: Company, source: Source = Source.DESK) -> Company:
    """Take a closing back: the COFOR is active again, and what stood open for its people counts again.

    Refuses with "company_active" if it is not closed.
    """
    return _change(company, {"active": True}, actor=actor, now=now, source=source)


def _change(company: Company, given: Facts, *, actor: Actor, now: datetime, source: Source) -> Company:
    with transaction.atomic():
        found = stored([company.cofor], lock=True).get(company.cofor)
        if found is None:
            raise Refused("company_unknown")
        if found.company.active == given["active"]:
            raise Refused("company_active" if found.company.active else "company_closed", field="company")
        change = compare(company.cofor, given, facts_of(found))
        [changed] = write([change], actor=actor, now=now, source=source)
    return changed


def _fit(column: str, read: Callable[..., Value], given: object) -> Value:
    try:
        return read(given)
    except Unfit as unfit:
        raise Refused(unfit.code, field=column, **unfit.facts) from unfit


def _check_free(cofor: str, facts: Facts) -> None:
    if known_cofors([cofor]):
        raise Refused("cofor_taken", field="cofor", value=cofor)
    duns = str(facts["duns"])
    if duns and (holder := holders_of_duns([duns]).get(duns)):
        raise Refused("duns_taken", field="duns", value=duns, holder=holder)
    sucos = facts["sucos"]
    assert isinstance(sucos, tuple)
    for code, holder in holders_of_sucos([str(suco) for suco in sucos]).items():
        raise Refused("suco_taken", field="sucos", value=code, holder=holder)
