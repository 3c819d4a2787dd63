"""Reading a brand folder, and finding the one in force."""

from __future__ import annotations

import difflib
import json
import os
import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from passerelle.brand.errors import BrandError
from passerelle.brand.explain import line
from passerelle.brand.model import Brand
from passerelle.brand.policies import POLICIES, PROFILES, Policy, defaults

FILE = "brand.toml"
BRANDS = Path(__file__).resolve().parents[3] / "brands"
DEFAULT = BRANDS / "demo"

_LIMIT = "PASSERELLE_LIMIT_"


def current() -> Brand:
    """Return the brand in force: the setting ``PASSERELLE_BRAND`` (a folder, or a `Brand` in tests), read once.

    Before Django's settings are ready it is the environment's folder.
    """
    from django.conf import settings

    chosen: Path | str | Brand | None = getattr(settings, "PASSERELLE_BRAND", None) if settings.configured else None
    if isinstance(chosen, Brand):
        return chosen
    if chosen is None:
        chosen = chosen_folder()
    return _read_once(chosen if isinstance(chosen, Path) else Path(chosen))


def chosen_folder(environ: Mapping[str, str] | None = None) -> Path:
    """Return the folder ``PASSERELLE_BRAND`` names: a path, or the name of a folder in the repository's ``brands``."""
    environ = os.environ if environ is None else environ
    named = _variable(environ, "PASSERELLE_BRAND")
    return _folder(Path(named[1])) if named else DEFAULT


def _folder(folder: Path) -> Path:
    if not folder.is_dir() and len(folder.parts) == 1 and (BRANDS / folder).is_dir():
        return BRANDS / folder
    return folder


@lru_cache(maxsize=8)
def _read_once(folder: Path) -> Brand:
    return load(folder)


def forget() -> None:
    """Read folders and the environment anew at the next call of `current`."""
    _read_once.cache_clear()


def load(folder: Path | str, environ: Mapping[str, str] | None = None) -> Brand:
    """Read `folder` now, with the overrides of `environ` (the process's, if none).

    Raises `BrandError` with one line for each thing to correct: the file or variable, the key, what is expected.
    """
    folder = _folder(Path(folder)).resolve()
    environ = os.environ if environ is None else environ
    path = folder / FILE
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise BrandError(
            f"{path} does not exist. PASSERELLE_BRAND must name a folder that holds a {FILE}; "
            "copy brands/demo to begin."
        ) from error
    except UnicodeDecodeError as error:
        raise BrandError(f"{path} is not UTF-8 text. Save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise BrandError(
            f"{path} is not TOML: {error}. Texts stand between quotes, a table begins with [name]."
        ) from error
    overrides, variables = _overrides(environ)
    data["policies"] = _policies(path, data.get("policies", {}), overrides)
    if limits := _limits(environ):
        data["limits"] = {**data.get("limits", {}), **{name: rate for name, (_, rate) in limits.items()}}
        variables |= {f"limits.{name}": variable for name, (variable, _) in limits.items()}
    try:
        return Brand.model_validate({**data, "folder": folder})
    except ValidationError as error:
        lines = [line(path, variables, detail) for detail in error.errors(include_url=False)]
        raise BrandError("\n".join(lines)) from error


def _policies(path: Path, written: Any, overrides: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(written, dict):
        raise BrandError(f"{path}: policies must be a table; begin it with [policies].")
    profile = overrides.get("profile", written.get("profile", "classic"))
    if profile not in PROFILES:
        source = "PASSERELLE_PROFILE" if "profile" in overrides else f"{path}: policies.profile"
        raise BrandError(f'{source} is "{profile}"; it must be {" or ".join(PROFILES)}.')
    return {**defaults(profile), **written, **overrides, "profile": profile}


def _variable(environ: Mapping[str, str], name: str) -> tuple[str, str] | None:
    """Return the variable that is set, `name` or `name`_FILE, with its value; None if neither is or both are empty."""
    if value := environ.get(name, "").strip():
        return name, value
    if file := environ.get(f"{name}_FILE", "").strip():
        try:
            value = Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise BrandError(f"{name}_FILE names {file}, which cannot be read: {error.strerror}.") from error
        return (f"{name}_FILE", value) if value else None
    return None


def _overrides(environ: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the policies set by the environment, and for each key the variable to name in an error."""
    values: dict[str, Any] = {}
    variables: dict[str, str] = {}
    if found := _variable(environ, "PASSERELLE_PROFILE"):
        values["profile"] = found[1]
    for policy in POLICIES:
        if found := _variable(environ, policy.variable):
            variables[f"policies.{policy.name}"] = found[0]
            values[policy.name] = _parsed(policy, *found)
    return values, variables


def _parsed(policy: Policy, variable: str, value: str) -> Any:
    """Read a list (``7,14,21``) and a text in several languages (``{"en": "…", "fr": "…"}``); the rest as it stands."""
    if value[0] in "[{":
        try:
            return json.loads(value)
        except ValueError as error:
            raise BrandError(f"{variable} begins like JSON and is not: {error}.") from error
    if isinstance(policy.classic, tuple):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


def _limits(environ: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Return the limits set by the environment, each with its variable."""
    names = {name.removesuffix("_FILE") for name in environ if name.startswith(_LIMIT)}
    found = {name.removeprefix(_LIMIT).lower(): _variable(environ, name) for name in names}
    return {name: value for name, value in found.items() if value}


def mistyped(environ: Mapping[str, str] | None = None) -> Iterator[tuple[str, str]]:
    """Yield each variable that resembles a policy's and is none, with the one it resembles."""
    environ = os.environ if environ is None else environ
    known = {policy.variable for policy in POLICIES}
    for name in sorted(environ):
        bare = name.removesuffix("_FILE")
        if bare.startswith("PASSERELLE_") and bare not in known:
            near = difflib.get_close_matches(bare, known, n=1, cutoff=0.9)
            if near:
                yield name, near[0]
