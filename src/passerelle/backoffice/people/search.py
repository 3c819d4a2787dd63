"""Finding people by login or address, then by name, tolerant to typing errors (B7)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from rapidfuzz import fuzz, process

from passerelle.accounts.enums import LoginState
from passerelle.accounts.models import Person
from passerelle.accounts.rules import fold_login, well_formed_login
from passerelle.mail import addresses
from passerelle.suppliers.models import fold_name

MOST_TYPED = 200
MOST_PAGES = 10
SIZE = 20
# Up to this number everybody is compared name by name; beyond, those whose names begin alike.
_EVERYBODY = 20_000
_CANDIDATES = 3_000
_ALIKE = 75  # of 100; found by trying: "Ursla Brok" finds "Ursula Brook", "Sarah" does not find "Susan Weir"


@dataclass(frozen=True, slots=True)
class Results:
    """One page of the people found, by primary key; `more` tells whether there is a next one."""

    found: list[int]
    page: int
    more: bool


def search(people: QuerySet[Person], text: str, *, page: int = 1) -> Results:
    """Who has the login or address that was typed, then whose name resembles it, out of `people`.

    Whatever is typed gives a page, an empty one at worst; there are at most `MOST_PAGES`.
    """
    text = text[:MOST_TYPED].replace("\x00", "").encode("utf-8", "ignore").decode()
    text = " ".join(text.split())
    page = min(max(page, 1), MOST_PAGES)
    end = page * SIZE
    found: dict[int, None] = {}
    if text:
        for pk in _matches(people, text, end + 1):
            found.setdefault(pk)
            if len(found) > end:
                break
    return Results(list(found)[end - SIZE : end], page, len(found) > end and page < MOST_PAGES)


def _matches(people: QuerySet[Person], text: str, most: int) -> Iterator[int]:
    login = fold_login(text)
    if well_formed_login(login):
        yield from people.filter(login_key=login).values_list("pk", flat=True)
    if "@" in text:
        # The living login of an address before deleted ones that had it.
        rows = people.filter(email_key=addresses.fold(text)).values_list("pk", "state").order_by("-pk")[:most]
        yield from (pk for pk, _state in sorted(rows, key=lambda row: row[1] == LoginState.DELETED))
        return
    key = fold_name(text)
    if key:
        yield from _by_resemblance(people, key, most)


def _by_resemblance(people: QuerySet[Person], key: str, most: int) -> list[int]:
    """The names nearest to the key, best first, out of a bounded number of candidates."""
    names = {pk: fold_name(f"{first} {last}") for pk, first, last in _candidates(people, key)}
    nearest = process.extract(key, names, scorer=_resemblance, limit=most, score_cutoff=_ALIKE)
    return [pk for _name, _score, pk in sorted(nearest, key=lambda match: (-match[1], match[0]))]


def _resemblance(typed: str, name: str, *, score_cutoff: float | None = None) -> float:
    """How near a name is: as a whole, with its words in any order, or one of its words to the only one typed."""
    whole = fuzz.token_sort_ratio(typed, name)
    if " " in typed:
        return float(whole)
    return float(max(whole, *(fuzz.ratio(typed, word) * 0.95 for word in name.split()), 0.0))


def _candidates(people: QuerySet[Person], key: str) -> Sequence[tuple[int, str, str]]:
    names = people.order_by("pk").values_list("pk", "first_name", "last_name")
    if not names[_EVERYBODY : _EVERYBODY + 1].exists():
        return list(names)
    # Typing errors seldom touch the first letters of every word.
    starts = Q()
    for word in key.split()[:4]:
        starts |= Q(last_name__istartswith=word[:3]) | Q(first_name__istartswith=word[:3])
    return list(names.filter(starts)[:_CANDIDATES])
