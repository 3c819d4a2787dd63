"""Searching companies by any identifier, then by name, tolerant to typing errors (H3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q
from rapidfuzz import fuzz, process

from passerelle import brand
from passerelle.mail import addresses
from passerelle.suppliers.models import SHORTEST_WORD, Company, NameWord, fold_name

MOST_TYPED = 200
MOST_PAGES = 10
MOST_A_PAGE = 50
# A table up to this size is compared name by name; of a larger one, the names that begin alike.
_ALL_NAMES = 20_000
_CANDIDATES = 3_000
_OF_A_WORD = 1_000
_MOST_WORDS = 2
_ALIKE = 72  # of 100; found by trying: "Mouiln d'Arve" finds "Moulin d'Arve", "Martin" does not find "Marin Frères"


@dataclass(frozen=True, slots=True)
class Found:
    """A company, and by what it was found: the name of an identifier, or "name"."""

    company: Company
    by: str


@dataclass(frozen=True, slots=True)
class Results:
    """One page of what was found; `more` tells whether there is a next one."""

    found: list[Found]
    page: int
    more: bool


def search(text: str, *, page: int = 1, size: int = 20) -> Results:
    """Companies that hold what was typed as an identifier, then those whose name resembles it.

    Pages are bounded: at most `MOST_PAGES` of at most `MOST_A_PAGE`. Whatever is typed gives a page, an empty one at
    worst.
    """
    text = text[:MOST_TYPED].replace("\x00", "").encode("utf-8", "ignore").decode()
    text = " ".join(text.split())
    size = min(max(size, 1), MOST_A_PAGE)
    page = min(max(page, 1), MOST_PAGES)
    end = page * size
    found: dict[int, str] = {}
    if text:
        for pk, by in _matches(text, end + 1):
            found.setdefault(pk, by)
            if len(found) > end:
                break
    keys = list(found)[end - size : end]
    companies = Company.objects.in_bulk(keys)
    return Results(
        found=[Found(companies[key], found[key]) for key in keys if key in companies],
        page=page,
        more=len(found) > end and page < MOST_PAGES,
    )


def _matches(text: str, most: int) -> Iterator[tuple[int, str]]:
    yield from _by_identifier(text, most)
    key = fold_name(text)
    if not key:
        return
    names = Company.objects.order_by("name_key", "pk").values_list("pk", flat=True)
    yield from ((pk, "name") for pk in names.filter(_begins("name_key", key))[:most])
    yield from ((pk, "name") for pk in _by_resemblance(key, most))


def _by_identifier(text: str, most: int) -> Iterator[tuple[int, str]]:
    """Companies of which the text is an identifier, each kind by its own index."""
    code = "".join(text.split()).upper()
    digits = code.replace("-", "").replace(".", "")
    asked: list[tuple[str, Q]] = []
    if cofor := brand.current().codes.read_cofor(text):
        asked.append(("cofor", Q(cofor=cofor)))
    if len(digits) == 9 and digits.isascii() and digits.isdigit():
        asked.append(("duns", Q(duns=digits)))
    if "@" not in text:
        asked += [
            ("suco", Q(sucos__code=code)),
            ("registration_number", Q(vat_number=code) | Q(registration_number__in={text, code, digits})),
        ]
    if "@" in text and not addresses.check(text):
        asked.append(("contact_email", Q(contacts__email_key=addresses.fold(text))))
    host = addresses.domain(text.removeprefix("@"))
    if "." in host and not addresses.check(f"x@{host}"):
        asked.append(("email_domain", Q(email_domains__domain=host)))
    for by, condition in asked:
        rows = Company.objects.filter(condition).order_by("pk").values_list("pk", "vat_number")[:most]
        for pk, vat_number in rows:
            yield pk, "vat_number" if by == "registration_number" and vat_number == code else by


def _by_resemblance(key: str, most: int) -> list[int]:
    """The names nearest to the key, best first, out of a bounded number of candidates."""
    candidates = dict(_candidates(key))
    nearest = process.extract(key, candidates, scorer=_resemblance, limit=most, score_cutoff=_ALIKE)
    return [pk for _, _, pk in sorted(nearest, key=lambda match: (-match[1], match[0]))]


def _resemblance(typed: str, name: str, *, score_cutoff: float | None = None) -> float:
    """How near a name is: as a whole, with its words in any order, or as a part of a longer name."""
    whole = fuzz.token_sort_ratio(typed, name)
    part = fuzz.partial_ratio(typed, name) * 0.9 if len(typed) >= 4 else 0.0
    return max(whole, part)


def _candidates(key: str) -> Sequence[tuple[int, str]]:
    names = Company.objects.order_by("pk").values_list("pk", "name_key")
    # Keys have gaps after refused imports and on a database used for long: rows are counted, up to the bound.
    if not names[_ALL_NAMES : _ALL_NAMES + 1].exists():
        return list(names)
    found, searches = _by_word(key)
    # Typing errors seldom touch the first letter and the second and the third at once; each of these has the index.
    alike = Q(pk__in=[])
    for start in {key[:3], key[1:2] + key[:1] + key[2:3], key[:1] + key[2:4]} - {""}:
        alike |= _begins("name_key", start)
    found.update(names.filter(alike)[:_CANDIDATES])
    if searches < _MOST_WORDS and len(found) < _CANDIDATES:
        found.update(names.filter(_begins("name_key", key[:2]))[: _CANDIDATES - len(found)])
    return list(found.items())


def _by_word(key: str) -> tuple[dict[int, str], int]:
    """Names with a word of the key in their middle, and how many words were looked up.

    The longest word says most. The next one is looked up only where the longest is so common that it was cut off.
    """
    words = sorted(
        {word[:40] for word in key.split() if len(word) >= SHORTEST_WORD}, key=lambda word: (-len(word), word)
    )
    found: dict[int, str] = {}
    for number, word in enumerate(words[:_MOST_WORDS], start=1):
        rows = NameWord.objects.filter(_begins("word", word)).values_list("company_id", "company__name_key")
        some = dict(rows[:_OF_A_WORD])
        found.update(some)
        if len(some) < _OF_A_WORD:
            return found, number
    return found, min(len(words), _MOST_WORDS)


def _begins(field: str, start: str) -> Q:
    """What begins with a text, by the index. SQLite's LIKE passes it by, but compares texts by their bytes."""
    if connection.vendor == "sqlite":
        return Q(**{f"{field}__gte": start, f"{field}__lt": f"{start}\U0010ffff"})
    return Q(**{f"{field}__startswith": start})
