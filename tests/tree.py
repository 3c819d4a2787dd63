"""The repository as the tests of the house read it: files, modules, floors, pages."""

from __future__ import annotations

import ast
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "passerelle"
TEMPLATES = SOURCE / "templates"
DOORS = ("portal", "backoffice", "api", "sso", "operations", "web")
BUSINESS = ("accounts", "suppliers", "terms", "memberships", "opening", "entry", "support", "catalogue", "registration")


@cache
def tracked() -> tuple[Path, ...]:
    """Every file that is or would be committed; all files where there is no git (a source archive)."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    names = answer.stdout.split("\0") if answer.returncode == 0 else []
    return tuple(path for name in names if name and (path := ROOT / name).is_file())


@cache
def text(path: Path) -> str:
    return path.read_text("utf-8", errors="replace")


def modules(*folders: str) -> Iterator[Path]:
    """The modules of packages of ours, migrations left out."""
    for folder in folders or ("",):
        for path in sorted((SOURCE / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(text(path))


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def templates() -> list[Path]:
    return [path for path in sorted(TEMPLATES.rglob("*")) if path.is_file()]


def contracts() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads(text(ROOT / "pyproject.toml"))["tool"]["importlinter"]["contracts"]
    return found


@cache
def floors() -> dict[str, int]:
    """The floor of each package, 0 on top, as the import contract has it."""
    layers = next(contract for contract in contracts() if contract.get("containers") == ["passerelle"])["layers"]
    return {name.strip(" ()"): number for number, floor in enumerate(layers) for name in floor.split("|")}


@dataclass(frozen=True)
class Page:
    """An address of the portal: how it is written, what it is called, and who may open it."""

    address: str
    name: str
    who: str


@cache
def pages() -> tuple[Page, ...]:
    return tuple(sorted(_pages(get_resolver(), "/", ""), key=lambda page: (page.address, page.name)))


def _pages(resolver: URLResolver, address: str, namespace: str) -> Iterator[Page]:
    for pattern in resolver.url_patterns:
        route = (
            address + str(pattern.pattern).replace("en/", "{lang}/", 1)
            if address == "/"
            else address + str(pattern.pattern)
        )
        if isinstance(pattern, URLResolver):
            inner = ":".join(filter(None, [namespace, pattern.namespace]))
            yield from _pages(pattern, route, inner)
        elif isinstance(pattern, URLPattern):
            name = ":".join(filter(None, [namespace, pattern.name]))
            yield Page(route, name, _who(pattern.callback))


def _who(view: Any) -> str:
    if getattr(view, "open_page", False):
        return "everybody"
    verb = getattr(view, "verb", None)
    return f"staff: {verb}" if verb else "who is signed in"
