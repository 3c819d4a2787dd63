"""Writing changes of companies: the one place where the Suppliers Database is written, for one company or a million.

Every function here runs inside the transaction of an action.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction

from passerelle.audit.record import line as audit_line
from passerelle.audit.record import record_all
from passerelle.audit.tags import Tag
from passerelle.core.actor import Actor
from passerelle.core.errors import Refused
from passerelle.mail import addresses
from passerelle.suppliers.enums import Effect, Source
from passerelle.suppliers.models import (
    Category,
    Company,
    Contact,
    EmailDomain,
    NameWord,
    Site,
    Status,
    Suco,
    fold_name,
    later_words,
)
from passerelle.suppliers.queries.facts import Stored, stored
from passerelle.suppliers.rules.changes import LISTS, SCALARS, Change, Facts, Value

CHUNK = 500
TAGS = {
    Effect.CREATED: Tag.COMPANY_REGISTERED,
    Effect.CHANGED: Tag.COMPANY_CHANGED,
    Effect.CLOSED: Tag.COMPANY_CLOSED,
    Effect.REOPENED: Tag.COMPANY_REOPENED,
}
# A fact that one company gives up and another takes in the same transaction: the column and the value.
Released = frozenset[tuple[str, str]]


def facts_of(found: Stored) -> Facts:
    """A stored company as facts, to be compared with what a file or a form says."""
    facts: Facts = {column: getattr(found.company, column) or "" for column in SCALARS if column != "active"}
    facts["active"] = found.company.active
    facts.update(found.lists)
    return facts


def write(
    changes: Sequence[Change],
    *,
    actor: Actor,
    now: datetime,
    source: Source,
    released: Released = frozenset(),
) -> list[Company]:
    """Write the changes with their status history and audit lines; answers the companies, created ones first.

    The companies are locked and compared with what each change expects of them: if somebody else changed one of the
    facts meanwhile, refuses with "import_outdated", naming the COFOR. Unique facts that are taken raise the
    database's IntegrityError.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("suppliers.actions.write works only inside the transaction of an action")
    companies: list[Company] = []
    for start in range(0, len(changes), CHUNK):
        companies += _write_chunk(changes[start : start + CHUNK], actor, now, source, released)
    return companies


def release(released: Iterable[tuple[str, str, str]]) -> None:
    """Take D-U-N-S Numbers and SUCOs from the companies that give them up, before others take them.

    Each is (column, value, COFOR of the holder). Refuses with "import_outdated" if that is no longer so.
    """
    for column, value, holder in released:
        if column == "duns":
            done = Company.objects.filter(cofor=holder, duns=value).update(duns=None)
        else:
            done, _ = Suco.objects.filter(code=value, company__cofor=holder).delete()
        if not done:
            raise Refused("import_outdated", cofor=holder)


def _write_chunk(
    changes: Sequence[Change], actor: Actor, now: datetime, source: Source, released: Released
) -> list[Company]:
    created = [change for change in changes if change.effect is Effect.CREATED]
    others = [change for change in changes if change.effect not in {Effect.CREATED, Effect.UNCHANGED}]
    before = stored([change.cofor for change in others], lock=True) if others else {}
    for change in others:
        _check_still_so(change, before.get(change.cofor), released)

    new = Company.objects.bulk_create(_company(change, now, source) for change in created)
    companies = dict(zip((change.cofor for change in created), new, strict=True))
    companies.update((cofor, found.company) for cofor, found in before.items())
    _update_companies(others, companies, now)
    _write_words([*created, *others], companies)

    written = [*created, *others]
    _write_lists(written, companies, before, source)
    Status.objects.bulk_create(
        Status(
            company=companies[change.cofor],
            active=bool(change.new["active"]),
            reason=str(change.new.get("closed_reason", "")),
            since_at=now,
            source=source,
            by=actor.name[:300],
        )
        for change in written
        if "active" in change.new
    )
    record_all([_audit_line(change, companies[change.cofor], actor, now) for change in written])
    return list(companies.values())


def _check_still_so(change: Change, found: Stored | None, released: Released) -> None:
    if found is None:
        raise Refused("import_outdated", cofor=change.cofor)
    facts = facts_of(found)
    for column, expected in change.old.items():
        if _without(expected, column, released) != _without(facts[column], column, released):
            raise Refused("import_outdated", cofor=change.cofor)


def _without(value: Value, column: str, released: Released) -> Value:
    if column == "duns" and ("duns", value) in released:
        return ""
    if column == "sucos" and released and isinstance(value, tuple):
        return tuple(str(code) for code in value if ("sucos", code) not in released)
    return value


def _company(change: Change, now: datetime, source: Source) -> Company:
    company = Company(cofor=change.cofor, source=source, created_at=now, updated_at=now)
    _set(company, change.new, now)
    return company


def _set(company: Company, facts: Facts, now: datetime) -> list[str]:
    """Put scalar facts on the company, unsaved; answers the names of the fields that were set."""
    fields = [column for column in facts if column not in LISTS]
    for column in fields:
        setattr(company, column, facts[column])
    if "name" in facts:
        company.name_key = fold_name(company.name)
        fields.append("name_key")
    if "duns" in facts:
        company.duns = str(facts["duns"]) or None
    if "active" in facts:
        company.closed_at = None if company.active else now
        fields.append("closed_at")
    return fields


def _update_companies(changes: Sequence[Change], companies: dict[str, Company], now: datetime) -> None:
    """One prepared UPDATE for all companies of which the same fields change."""
    groups: dict[tuple[str, ...], list[Company]] = defaultdict(list)
    for change in changes:
        company = companies[change.cofor]
        company.updated_at = now
        fields = _set(company, change.new, now)
        groups[(*sorted(fields), "updated_at")].append(company)
    for names, group in groups.items():
        _update(names, group)


def _update(names: Sequence[str], companies: Sequence[Company]) -> None:
    # QuerySet.bulk_update builds an expression a company and field: ten times the cost of the statement itself.
    quote = connection.ops.quote_name
    fields = [field for field in Company._meta.concrete_fields if field.name in names]
    assignments = ", ".join(f"{quote(field.attname)} = %s" for field in fields)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {quote(Company._meta.db_table)} SET {assignments} WHERE id = %s",  # noqa: S608  names of columns
            [
                (*(field.get_db_prep_save(getattr(company, field.attname), connection) for field in fields), company.pk)
                for company in companies
            ],
        )


def _insert(model: type[models.Model], columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Plain rows of plain texts and numbers, as many as there are."""
    quote = connection.ops.quote_name
    names = ", ".join(map(quote, columns))
    places = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        table = quote(model._meta.db_table)
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", rows)  # noqa: S608  names of columns


def _write_lists(
    changes: Sequence[Change], companies: dict[str, Company], before: dict[str, Stored], source: Source
) -> None:
    for column, listing in _LISTINGS.items():
        gone: list[int] = []
        new: list[tuple[Any, ...]] = []
        for change in changes:
            if column not in change.new:
                continue
            found = before.get(change.cofor)
            held = listing.held(found) if found else {}
            wanted = {listing.key(item): item for item in _items(change.new[column])}
            # A row whose key stays but whose words change (a site's name, an address's capitals) is written anew.
            stays = {key for key, (_, item) in held.items() if wanted.get(key) == item}
            gone += [pk for key, (pk, _) in held.items() if key not in stays]
            company = companies[change.cofor].pk
            new += [(company, *listing.row(item, source)) for key, item in wanted.items() if key not in stays]
        for start in range(0, len(gone), CHUNK):
            listing.model._default_manager.filter(pk__in=gone[start : start + CHUNK]).delete()
        if new:
            _insert(listing.model, ["company_id", *listing.columns], new)


def _write_words(changes: Sequence[Change], companies: dict[str, Company]) -> None:
    """Keep the words of the names that are new."""
    renamed = [change for change in changes if "name" in change.new]
    known = [companies[change.cofor].pk for change in renamed if change.effect is not Effect.CREATED]
    if known:
        NameWord.objects.filter(company__in=known).delete()
    named = [companies[change.cofor] for change in renamed]
    rows = [(company.pk, word) for company in named for word in later_words(company.name_key)]
    if rows:
        _insert(NameWord, ["company_id", "word"], rows)


def _items(value: Value) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else ()


@dataclass(frozen=True)
class _Listing:
    """How one list column stands in its table: what is held, the key of an item, its row."""

    model: type[models.Model]
    columns: tuple[str, ...]
    held: Callable[[Stored], Mapping[str, tuple[int, Any]]]
    row: Callable[[Any, Source], tuple[str, ...]] = lambda item, source: (item,)
    key: Callable[[Any], str] = str


_LISTINGS = {
    "contact_email": _Listing(
        Contact,
        ("email", "email_key", "name", "source"),
        lambda found: found.contacts,
        row=lambda email, source: (email, addresses.fold(email), "", source.value),
        key=addresses.fold,
    ),
    "email_domains": _Listing(EmailDomain, ("domain",), lambda found: found.domains),
    "sites": _Listing(
        Site,
        ("code", "name"),
        lambda found: found.sites,
        row=lambda site, source: tuple(site),
        key=lambda site: site[0],
    ),
    "sucos": _Listing(Suco, ("code",), lambda found: found.sucos),
    "categories": _Listing(Category, ("code",), lambda found: found.categories),
}


def _audit_line(change: Change, company: Company, actor: Actor, now: datetime) -> Any:
    return audit_line(
        TAGS[change.effect],
        actor=actor,
        now=now,
        subject_key=company.key,
        company_key=company.key,
        old=dict(change.old),
        new={"cofor": change.cofor, **change.new},
    )
