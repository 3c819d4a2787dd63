"""What a company is known by, as plain values, and how two states of it differ. Nothing here touches a database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from passerelle.suppliers.enums import CompanyKind, Effect

# The columns of the import file, in the contract's order; they name a company's facts everywhere in this app.
COLUMNS = (
    "cofor",
    "name",
    "duns",
    "country",
    "vat_number",
    "registration_number",
    "street",
    "postcode",
    "city",
    "website",
    "contact_email",
    "email_domains",
    "active",
    "closed_reason",
    "successor_cofor",
    "sites",
    "sucos",
    "kind",
    "categories",
)
MANDATORY = ("cofor", "name", "country", "active")
# Facts that stand in a table of their own; their values are sorted tuples, sites are pairs of code and name.
LISTS = ("contact_email", "email_domains", "sites", "sucos", "categories")
SCALARS = tuple(column for column in COLUMNS if column != "cofor" and column not in LISTS)

NOT_GIVEN = "not given"  # stored as the reason where a company is closed without one

Value = str | bool | tuple[str, ...] | tuple[tuple[str, str], ...]
Facts = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Change:
    """One company's change: what was, and what will be, of the facts that differ and of no others.

    `old` is empty for a company that is created. `line` is the line of the file, 0 for a change made by hand.
    """

    cofor: str
    name: str
    effect: Effect
    old: Facts = field(default_factory=dict)
    new: Facts = field(default_factory=dict)
    line: int = 0

    def as_json(self) -> dict[str, Any]:
        """The change as plain JSON; `from_json` reads it back."""
        return {
            "line": self.line,
            "cofor": self.cofor,
            "name": self.name,
            "effect": self.effect.value,
            "old": self.old,
            "new": self.new,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Change:
        return cls(
            cofor=values["cofor"],
            name=values["name"],
            effect=Effect(values["effect"]),
            old=facts_from_json(values["old"]),
            new=facts_from_json(values["new"]),
            line=values["line"],
        )


def facts_from_json(values: Mapping[str, Any]) -> Facts:
    """Facts whose lists are tuples again, so that they compare with others."""
    return {
        column: tuple(tuple(item) if isinstance(item, list) else item for item in value)
        if isinstance(value, list)
        else value
        for column, value in values.items()
    }


def empty_facts() -> Facts:
    """A company of which nothing is known; every column is there."""
    facts: Facts = dict.fromkeys(SCALARS, "")
    facts.update(dict.fromkeys(LISTS, ()))
    facts["active"] = True
    facts["kind"] = CompanyKind.SUPPLIER.value
    return facts


def settle(given: Facts, before: Facts) -> Facts:
    """The facts after a change: what is given over what was, and what follows from it.

    An active company carries no reason for being closed; a closed one always carries one (H4).
    """
    after = {**before, **given}
    if after["active"]:
        after["closed_reason"] = ""
    elif not after["closed_reason"]:
        after["closed_reason"] = NOT_GIVEN
    return after


def compare(cofor: str, given: Facts, before: Facts | None, *, line: int = 0) -> Change:
    """The change that leads from `before` (None: no such company yet) to what is given. Pure."""
    base = empty_facts() if before is None else before
    after = settle(given, base)
    name = str(after["name"])
    if before is None:
        known = {column: value for column, value in after.items() if value != "" and value != ()}
        return Change(cofor, name, Effect.CREATED, {}, known, line)
    differ = [column for column in after if after[column] != before[column]]
    if not differ:
        return Change(cofor, name, Effect.UNCHANGED, line=line)
    effect = Effect.CHANGED
    if "active" in differ:
        effect = Effect.REOPENED if after["active"] else Effect.CLOSED
    return Change(
        cofor,
        name,
        effect,
        {column: before[column] for column in differ},
        {column: after[column] for column in differ},
        line,
    )
