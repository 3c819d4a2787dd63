"""What the check of a brand found, said to the person who edits its file: where, what is wrong, what is expected."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from passerelle.brand.model import Brand
from passerelle.brand.policies import POLICIES


def line(path: Path, variables: Mapping[str, str], detail: Any) -> str:
    """Say one error of the check. `variables` names the environment's variable that gave a key its value."""
    location = tuple(detail["loc"])
    key = ".".join(str(part) for part in location)
    given = [
        variables[name] for name in variables if f"{name}.".startswith(f"{key}.") or f"{key}.".startswith(f"{name}.")
    ]
    # A contradiction between keys of a table belongs to none: say the table, and what the environment set in it.
    whole = detail["type"] == "value_error" and len(location) == 1 and isinstance(detail.get("input"), dict)
    where = given[0] if given and not whole else f"{path}: {key}"
    source = f" Set by {', '.join(given)}." if given and whole else ""
    said = f"{where}{':' if whole else ''} {_complaint(location, detail)}"
    return f"{said}{'' if said.endswith('?') else '.'}{_value(detail)}{_expected(location, detail)}{source}"


def _value(detail: Any) -> str:
    value = detail.get("input")
    if detail["type"] == "extra_forbidden" or not isinstance(value, str | int | float):
        return ""
    return f" It is {json.dumps(value, ensure_ascii=False)}."


def _complaint(location: tuple[Any, ...], detail: Any) -> str:
    match detail["type"], detail.get("ctx", {}):
        case "missing", _:
            return "is missing; add it"
        case "extra_forbidden", _:
            return f"is not known{_suggestion(location)}"
        case "literal_error", {"expected": expected}:
            return f"must be {expected}"
        case "greater_than_equal", {"ge": least}:
            return f"must be at least {least}"
        case "less_than_equal", {"le": most}:
            return f"must be at most {most}"
        case (("int_parsing" | "int_type" | "int_from_float"), _):
            return "must be a whole number"
        case (("string_type" | "bool_parsing" | "bool_type"), _):
            return "must be true or false" if "bool" in detail["type"] else "must be text between quotes"
        case "string_too_short", _:
            return "must not be empty"
        case (("model_type" | "dict_type"), _):
            return "must be a table"
        case "value_error", {"error": error}:
            return str(error)
    return str(detail["msg"])[:1].lower() + str(detail["msg"])[1:]


def _suggestion(location: tuple[Any, ...]) -> str:
    model: Any = Brand
    for part in location[:-1]:
        field = model.model_fields.get(str(part)) if isinstance(model, type) and issubclass(model, BaseModel) else None
        model = field.annotation if field else None
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return ""
    known = sorted(set(model.model_fields) - {"folder"})
    near = difflib.get_close_matches(str(location[-1]), known, n=1)
    return f'; did you mean "{near[0]}"?' if near else f"; known here: {', '.join(known)}"


def _expected(location: tuple[Any, ...], detail: Any) -> str:
    """Add what the table of policies says of a value, where the complaint has not said it all."""
    if detail["type"] in {"extra_forbidden", "literal_error"} or location[:1] != ("policies",):
        return ""
    expected = {policy.name: policy.expected.replace("`", "") for policy in POLICIES}.get(
        ".".join(map(str, location[1:2]))
    )
    return f" Expected: {expected}." if expected else ""
