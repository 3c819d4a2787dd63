"""Statements that every request sends, written once: Django writes their SQL anew each time, which costs more than the
database takes to answer.

The rows of a query become models exactly as in a query set; only the values of its parameters differ from one call to
the next.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable

_M = TypeVar("_M", bound=Model)

# Values that stand for a parameter while the SQL is written. No query of ours holds them as constants.
_SAMPLES: dict[type, Callable[[int], Any]] = {
    int: lambda place: 2_008_357_321 + place,  # within four bytes: Django drops a comparison that no row can pass
    str: lambda place: f"\x00 parameter {place}",
    datetime: lambda place: datetime(1, 1, 1, tzinfo=UTC) + timedelta(microseconds=place),
}


class Prepared(Generic[_M]):
    """A query set with named parameters: `Prepared(lambda key: Company.objects.filter(key=key), key=str)(key="…")`.

    Types are int, str and datetime; a parameter may occur more than once. What decides on the form of the query, a
    list to be looked in for instance, cannot be one. Answers a list.
    """

    def __init__(self, build: Callable[..., QuerySet[_M]], **types: type) -> None:
        self._build, self._types = build, types
        self._written: dict[str, tuple[str, list[Any], list[tuple[int, str]], Any]] = {}

    def __call__(self, **values: Any) -> list[_M]:
        connection = connections[DEFAULT_DB_ALIAS]
        if connection.vendor not in self._written:  # two threads may both write it, and write the same
            self._written[connection.vendor] = self._write(connection)
        sql, constants, places, compiler = self._written[connection.vendor]
        parameters = list(constants)
        for place, name in places:
            parameters[place] = _adapted(connection, values[name])
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            rows = cursor.fetchall()
        return list(_models(compiler, rows))

    def _write(self, connection: Any) -> tuple[str, list[Any], list[tuple[int, str]], Any]:
        samples = {name: _SAMPLES[kind](place) for place, (name, kind) in enumerate(self._types.items())}
        compiler = self._build(**samples).query.get_compiler(connection=connection)
        sql, found = compiler.as_sql()
        constants, places = list(found), []
        for name, sample in samples.items():
            stands = _adapted(connection, sample)
            here = [place for place, value in enumerate(constants) if value == stands]
            if not here:
                raise ValueError(f"the parameter {name} occurs nowhere in the query")
            places += [(place, name) for place in here]
        return sql, constants, places, compiler


def _adapted(connection: Any, value: Any) -> Any:
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value


def _models(compiler: Any, rows: list[Any]) -> Iterator[Any]:
    """Let Django make models of the rows, by a compiler that has asked already."""
    asked = copy.copy(compiler)
    asked.execute_sql = lambda **_: [rows]
    query = SimpleNamespace(get_compiler=lambda using: asked)
    asking: Any = SimpleNamespace(db=DEFAULT_DB_ALIAS, query=query, _known_related_objects={})
    return iter(ModelIterable(asking))


_inserts: dict[tuple[str, type[Model], bool], tuple[str, list[Any]]] = {}


def insert(row: Model) -> None:
    """Write a new row by a statement that is written once a model. Raises what `save` would; sends no signals."""
    connection, model, numbered = connections[DEFAULT_DB_ALIAS], type(row), row.pk is not None
    name = (connection.vendor, model, numbered)
    if name not in _inserts:
        _inserts[name] = _insert(connection, model, numbered)
    sql, fields = _inserts[name]
    values = [field.get_db_prep_save(field.pre_save(row, True), connection=connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        if not numbered:
            row.pk = cursor.fetchone()[0]
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def _insert(connection: Any, model: type[Model], numbered: bool) -> tuple[str, list[Any]]:
    quoted = connection.ops.quote_name
    own = [field for field in model._meta.local_concrete_fields if numbered or not field.primary_key]
    columns, places = ", ".join(quoted(field.column) for field in own), ", ".join(["%s"] * len(own))
    sql = f"INSERT INTO {quoted(model._meta.db_table)} ({columns}) VALUES ({places})"  # noqa: S608
    if not numbered:
        sql += f" RETURNING {quoted(model._meta.pk.column)}"
    return sql, own
