"""Reading one cell of a column: the text as it stands in the file to the value that is kept, or why not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache, cached_property, lru_cache
from typing import TypeVar, cast
from urllib.parse import urlsplit

from django.db import models
from django_countries.data import COUNTRIES

from passerelle.brand import Brand
from passerelle.mail import addresses
from passerelle.suppliers.enums import CompanyKind
from passerelle.suppliers.models import Company, Contact, EmailDomain, Site
from passerelle.suppliers.rules.changes import Value
from passerelle.suppliers.rules.codes import check_cofor, check_duns, normalise_cofor, normalise_duns, normalise_site
from passerelle.suppliers.rules.reasons import Unfit, clipped

_Item = TypeVar("_Item")
MOST_ITEMS = 500  # in one cell that lists several
_TRUE = frozenset({"true", "yes", "1", "oui", "vrai"})
_FALSE = frozenset({"false", "no", "0", "non", "faux"})
_SUCO = re.compile(r"[A-Z0-9][A-Z0-9._/-]{0,19}")
# Forms so plain that a look is enough: nearly all there are, and a million of them in a file.
_PLAIN_ADDRESS = re.compile(r"https?://(?:[a-z0-9-]{1,60}\.){1,3}[a-z]{2,20}(?:/[A-Za-z0-9._/-]*)?")
_PLAIN_EMAIL = re.compile(
    r"[A-Za-z0-9_+-]{1,30}(?:\.[A-Za-z0-9_+-]{1,30})?@(?:[a-z0-9](?:[a-z0-9-]{0,40}[a-z0-9])?\.){1,3}[a-z]{2,20}"
)
_BLANKS = re.compile(r"\s+")
# Joiners and direction marks belong to the spelling of names in several alphabets; other invisible signs do not.
_SPELLING = frozenset("\u200c\u200d\u200e\u200f\u00ad")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# What a spreadsheet writes where a formula failed.
_FAILED = frozenset({"#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!"})


@cache
def _most(model: type[models.Model], name: str) -> int:
    length = cast("models.CharField[str, str]", model._meta.get_field(name)).max_length
    assert length is not None
    return length


def clean_text(cell: str) -> str:
    """Text in one line: blanks of all kinds and line breaks become one space. Unseen characters are unfit."""
    if cell.startswith("#") and cell in _FAILED:
        raise Unfit("formula_failed", value=cell)
    if cell.isascii() and cell.isprintable():
        return cell.strip() if "  " not in cell else " ".join(cell.split())
    text = unicodedata.normalize("NFC", _BLANKS.sub(" ", cell))
    for sign in text:
        if unicodedata.category(sign) in _UNSEEN and sign not in _SPELLING:
            raise Unfit("control", sign=f"U+{ord(sign):04X}")
    return text.strip()


class Cells:
    """Reads cells under one brand. `read[column](cell)` answers the value or raises `Unfit`; an empty cell clears."""

    def __init__(self, brand: Brand) -> None:
        self.brand = brand
        self.categories = frozenset(category.code for category in brand.categories)
        self.cofor_pattern = re.compile(brand.codes.cofor_pattern)
        self.site_pattern = re.compile(brand.codes.site_pattern)

    @cached_property
    def read(self) -> dict[str, Callable[[str], Value]]:
        """One reader a column."""
        lengths = {
            name: _most(Company, name)
            for name in ("name", "vat_number", "registration_number", "street", "postcode", "city", "closed_reason")
        }
        readers: dict[str, Callable[[str], Value]] = {
            name: lambda cell, most=most: _short(clean_text(cell), most)  # type: ignore[misc]
            for name, most in lengths.items()
        }
        readers["name"] = lambda cell: _given(_short(clean_text(cell), lengths["name"]))
        readers["vat_number"] = lambda cell: _short(clean_text(cell).replace(" ", "").upper(), lengths["vat_number"])
        readers.update(
            cofor=self.cofor,
            duns=self.duns,
            country=self.country,
            website=self.website,
            active=self.active,
            successor_cofor=lambda cell: self.cofor(cell) if clean_text(cell) else "",
            kind=self.kind,
            contact_email=lambda cell: self.emails(_split(cell)),
            email_domains=lambda cell: self.domains(_split(cell)),
            sites=lambda cell: self.sites([_site(item) for item in _split(cell)]),
            sucos=lambda cell: self.sucos(_split(cell)),
            categories=lambda cell: self.category_codes(_split(cell)),
        )
        return readers

    def cofor(self, cell: str) -> str:
        text = clean_text(cell)
        code = normalise_cofor(text)
        if not (code.isascii() and self.cofor_pattern.fullmatch(code)):
            codes = self.brand.codes
            raise Unfit(
                check_cofor(code).reason,
                value=clipped(code),
                count=len(code),
                expected=codes.cofor_length,
                form=str(codes.cofor_shape),
                example=codes.cofor_example,
            )
        return code

    def duns(self, cell: str) -> str:
        text = clean_text(cell)
        if not text:
            return ""
        verdict, number = check_duns(text), normalise_duns(text)
        if not verdict:
            raise Unfit("duns_characters" if not number else verdict.reason, value=clipped(text), count=len(number))
        return number

    def country(self, cell: str) -> str:
        code = _given(clean_text(cell)).upper()
        if code not in COUNTRIES:
            raise Unfit("country_unknown", value=clipped(code))
        return code

    def active(self, cell: str) -> bool:
        word = _given(clean_text(cell)).casefold()
        if word not in _TRUE and word not in _FALSE:
            raise Unfit("active_unknown", value=clipped(word))
        return word in _TRUE

    def kind(self, cell: str) -> str:
        word = clean_text(cell).casefold()
        if word and word not in CompanyKind.values:
            raise Unfit("kind_unknown", value=clipped(word))
        return word or CompanyKind.SUPPLIER.value

    def website(self, cell: str) -> str:
        text = _short(clean_text(cell), _most(Company, "website"))
        if text and not _is_web_address(text):
            raise Unfit("website_form", value=clipped(text))
        return text

    def emails(self, items: list[str]) -> tuple[str, ...]:
        """Addresses, each once; two that differ by case only are one, as first written."""
        kept: dict[str, str] = {}
        for item in _few(items):
            if _PLAIN_EMAIL.fullmatch(item):
                kept.setdefault(item.lower(), item)
                continue
            if len(item) > _most(Contact, "email") or addresses.check(item):
                raise Unfit("email_form", value=clipped(item))
            kept.setdefault(addresses.fold(item), item)
        return tuple(sorted(kept.values()))

    def domains(self, items: list[str]) -> tuple[str, ...]:
        kept = set()
        for item in _few(items):
            domain = _domain(item)
            if not domain:
                raise Unfit("domain_form", value=clipped(item))
            kept.add(domain)
        return tuple(sorted(kept))

    def sites(self, items: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        kept: dict[str, str] = {}
        for typed, name in _few(items):
            code = normalise_site(typed)
            if len(code) > _most(Site, "code") or not code.isascii() or not self.site_pattern.fullmatch(code):
                raise Unfit("site_form", value=clipped(typed), example=self.brand.codes.site_example)
            if code in kept:
                raise Unfit("site_twice", value=code)
            kept[code] = _short(clean_text(name), _most(Site, "name"))
        return tuple(sorted(kept.items()))

    def sucos(self, items: list[str]) -> tuple[str, ...]:
        kept = set()
        for item in _few(items):
            code = normalise_cofor(item)
            if not code.isascii() or not _SUCO.fullmatch(code):
                raise Unfit("suco_form", value=clipped(item))
            kept.add(code)
        return tuple(sorted(kept))

    def category_codes(self, items: list[str]) -> tuple[str, ...]:
        codes = {item.lower() for item in _few(items)}
        if unknown := sorted(codes - self.categories):
            raise Unfit("category_unknown", value=clipped(unknown[0]), known=", ".join(sorted(self.categories)))
        return tuple(sorted(codes))


def _given(text: str) -> str:
    if not text:
        raise Unfit("missing")
    return text


def _short(text: str, most: int) -> str:
    if len(text) > most:
        raise Unfit("too_long", count=len(text), most=most)
    return text


def _split(cell: str) -> list[str]:
    text = clean_text(cell)
    return [item for part in text.split("|") if (item := part.strip())] if text else []


def _site(item: str) -> tuple[str, str]:
    code, _, name = item.partition(":")
    return code, name


def _few(items: list[_Item]) -> list[_Item]:
    if len(items) > MOST_ITEMS:
        raise Unfit("too_many_items", count=len(items), most=MOST_ITEMS)
    return items


@lru_cache(maxsize=4096)
def _domain(text: str) -> str:
    """The domain as it is compared and stored, or nothing if it cannot be one."""
    domain = addresses.fold_domain(text.removeprefix("@"))
    fits = len(domain) <= _most(EmailDomain, "domain") and not addresses.check(f"x@{domain}")
    return domain if fits else ""


def _is_web_address(text: str) -> bool:
    if _PLAIN_ADDRESS.fullmatch(text):
        return True
    if re.search(r"[\s<>\"'\\^`{|}]", text):
        return False
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018  raises when the port is no number
    except ValueError:
        return False
    host = parts.hostname or ""
    return parts.scheme in {"http", "https"} and "." in host.strip(".") and "@" not in parts.netloc
