"""The documents of a brand folder: Markdown files with TOML front matter between two lines of ``+++``.

``terms/<number>.<language>.md`` are the General Terms of Use, ``terms/persons/<number>.<language>.md`` those that each
person accepts, which a brand may do without, ``pages/<name>.<language>.md`` the pages that only
the organisation can write (legal notice, personal data, who it is).
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from passerelle.brand.errors import BrandError
from passerelle.brand.model import Brand
from passerelle.brand.text import FALLBACK_LANGUAGE

_NAME = re.compile(r"(?P<name>[a-z0-9-]+)\.(?P<language>[a-z]{2}(-[a-z]+)?)\.md")


@dataclass(frozen=True)
class TermsText:
    """One version of the General Terms of Use, or of the terms for persons, in one language.

    `grace_days` says for how many days after `effective_date` an acceptance of an earlier version still holds;
    None: for ever. `changes` tells in a few words what is new.
    """

    number: int
    language: str
    title: str
    effective_date: dt.date
    grace_days: int | None
    changes: str
    text: str


@dataclass(frozen=True)
class Page:
    """A page of the organisation's own, in one language; `text` is Markdown."""

    name: str
    language: str
    title: str
    text: str


def terms(brand: Brand) -> tuple[TermsText, ...]:
    """Return every version of the General Terms in every language, by number and language.

    Raises `BrandError` when a file cannot be read, or when two languages of one version disagree on its dates.
    """
    return _versions(brand.folder / "terms")


def person_terms(brand: Brand) -> tuple[TermsText, ...]:
    """Return every version of the terms for persons, as `terms` does; none where the brand has no such terms."""
    return _versions(brand.folder / "terms" / "persons")


def _versions(folder: Path) -> tuple[TermsText, ...]:
    found = []
    for path, language, name in _files(folder):
        if not name.isdecimal() or name.startswith("0"):
            raise BrandError(f'{path} must be named by the version\'s number and language, such as "1.en.md".')
        front, body = _parts(path)
        found.append(
            TermsText(
                number=int(name),
                language=language,
                title=_words(path, front, "title"),
                effective_date=_day(path, front, "effective_date"),
                grace_days=_grace(path, front),
                changes=_words(path, front, "changes"),
                text=body,
            )
        )
    found.sort(key=lambda version: (version.number, version.language))
    _agree(folder, found)
    return tuple(found)


def page(brand: Brand, name: str, language: str) -> Page | None:
    """Return the brand's page `name` in `language`, else in English, else None."""
    if not re.fullmatch(r"[a-z0-9-]+", name):
        return None
    for spoken in dict.fromkeys((language, language.split("-")[0], FALLBACK_LANGUAGE)):
        path = brand.folder / "pages" / f"{name}.{spoken}.md"
        if _NAME.fullmatch(path.name) and path.is_file():
            front, body = _parts(path)
            return Page(name, spoken, _words(path, front, "title"), body)
    return None


def _files(folder: Path) -> list[tuple[Path, str, str]]:
    found = []
    for path in sorted(folder.glob("*.md")):
        match = _NAME.fullmatch(path.name)
        if not match:
            raise BrandError(f'{path} must be named by content and language, such as "1.en.md".')
        found.append((path, match["language"], match["name"]))
    return found


def _parts(path: Path) -> tuple[dict[str, Any], str]:
    try:
        written = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise BrandError(f"{path} is not UTF-8 text. Save it as UTF-8.") from error
    match = re.fullmatch(r"\+\+\+\n(?P<front>.*?)\n\+\+\+\n(?P<body>.*)", written, re.DOTALL)
    if not match:
        raise BrandError(f"{path} must begin with a line +++, the front matter, and a second line +++.")
    try:
        front = tomllib.loads(match["front"])
    except tomllib.TOMLDecodeError as error:
        raise BrandError(f"{path}: the front matter is not TOML: {error}.") from error
    body = match["body"].strip()
    if not body:
        raise BrandError(f"{path} has no text after its front matter; write it.")
    return front, body + "\n"


def _words(path: Path, front: dict[str, Any], key: str) -> str:
    value = front.get(key)
    if not isinstance(value, str) or not value.strip():
        raise BrandError(f'{path}: {key} is missing from the front matter; add {key} = "…".')
    return value.strip()


def _day(path: Path, front: dict[str, Any], key: str) -> dt.date:
    value = front.get(key)
    if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
        raise BrandError(f"{path}: {key} must be a day without quotes, such as {key} = 2026-03-02.")
    return value


def _grace(path: Path, front: dict[str, Any]) -> int | None:
    value = front.get("grace_days")
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 730:
        raise BrandError(f"{path}: grace_days must be a whole number of days, 0 to 730.")
    return value


def _agree(folder: Path, found: list[TermsText]) -> None:
    languages = {version.language for version in found}
    for number in {version.number for version in found}:
        versions = [version for version in found if version.number == number]
        if missing := sorted(languages - {version.language for version in versions}):
            raise BrandError(f"{folder} has no {number}.{missing[0]}.md; write every version in the same languages.")
        if len({(version.effective_date, version.grace_days) for version in versions}) > 1:
            raise BrandError(f"{folder}: version {number} has different dates in its languages; make them the same.")
