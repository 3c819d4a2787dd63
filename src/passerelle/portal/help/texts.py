"""The texts of the help, read from files: topics with their articles, the guide, the glossary.

A text is Markdown with TOML front matter between two lines of `+++`, one file a language. Its parts begin with
`## Title {#anchor}`; the anchors are the same in every language, so that a link holds when the language is changed.
Texts without a version in a language are shown in English. They are read once a process and a brand.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.utils.safestring import SafeString

from passerelle import brand
from passerelle.brand import Brand
from passerelle.portal.help.facts import facts, fill
from passerelle.portal.help.markdown import to_html, to_words
from passerelle.web.navigation import address

FOLDER = Path(__file__).parent / "texts"
FALLBACK = "en"
_PART = re.compile(r"^## (?P<title>.+?) \{#(?P<anchor>[a-z0-9_-]+)\}$", re.MULTILINE)
_FILE = re.compile(r"\+\+\+\n(?P<front>.*?)\n\+\+\+\n(?P<body>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Article:
    """One question and its answer. `words` is what a search reads."""

    anchor: str
    title: str
    html: SafeString
    words: str
    topic: str
    url: str


@dataclass(frozen=True, slots=True)
class Topic:
    """A category of the help (annex 1)."""

    code: str
    title: str
    summary: str
    articles: tuple[Article, ...]
    url: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A term of the glossary (annex 3). `elsewhere` is the term in the other languages, where it differs."""

    code: str
    name: str
    html: SafeString
    words: str
    letter: str
    url: str
    elsewhere: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Texts:
    """Everything of one language. The brand is kept, so that the memory of it cannot be another's."""

    brand: Brand
    topics: tuple[Topic, ...]
    guide: Topic
    glossary: tuple[Entry, ...]

    @property
    def articles(self) -> tuple[Article, ...]:
        return tuple(article for topic in self.topics for article in topic.articles)

    def article(self, anchor: str) -> Article:
        return next(article for article in self.articles if article.anchor == anchor)

    def topic_of(self, name: str) -> str:
        """The code of the topic with this code or with an article of this anchor; empty when there is none."""
        for topic in self.topics:
            if name == topic.code or any(name == article.anchor for article in topic.articles):
                return topic.code
        return ""


def texts(language: str) -> Texts:
    """The texts in a language, for the brand of this deployment."""
    chosen = brand.current()
    return _read(language, id(chosen))


@lru_cache(maxsize=16)
def _read(language: str, _brand: int) -> Texts:
    chosen = brand.current()
    known = facts(chosen, language)
    folder = _folder(language)
    topics = tuple(
        _topic(path, path.stem.partition("-")[2], known, f"{address('help/', language)}?topic={{topic}}#{{anchor}}")
        for path in sorted((folder / "topics").glob("*.md"))
    )
    guide = _topic(folder / "guide.md", "guide", known, f"{address('information/guide/', language)}#{{anchor}}")
    return Texts(chosen, topics, guide, _glossary(language, chosen))


def _folder(language: str) -> Path:
    for spoken in (language, language.split("-")[0]):
        if (FOLDER / spoken).is_dir():
            return FOLDER / spoken
    return FOLDER / FALLBACK


def languages() -> list[str]:
    """The languages in which the texts exist."""
    return sorted(path.name for path in FOLDER.iterdir() if path.is_dir())


def _topic(path: Path, code: str, known: dict[str, str], place: str) -> Topic:
    found = _FILE.fullmatch(path.read_text(encoding="utf-8"))
    if found is None:
        raise ValueError(f"{path} has no front matter between two lines of +++")
    front = tomllib.loads(found["front"])
    pieces = _PART.split(found["body"])[1:]
    articles = []
    for title, anchor, body in zip(pieces[::3], pieces[1::3], pieces[2::3], strict=True):
        html = to_html(fill(body.strip(), known), 1)
        url = place.format(topic=code, anchor=anchor)
        name = _sentence(fill(title, known))
        articles.append(Article(anchor, name, html, to_words(html), code, url))
    summary = _sentence(fill(str(front.get("summary", "")), known))
    return Topic(
        code, fill(str(front["title"]), known), summary, tuple(articles), place.format(topic=code, anchor=code)
    )


def _sentence(text: str) -> str:
    """A title may begin with a word of the brand."""
    return text[:1].upper() + text[1:]


def _glossary(language: str, chosen: Brand) -> tuple[Entry, ...]:
    names = {spoken: _names(spoken, chosen) for spoken in languages()}
    own = _folder(language).name
    known = facts(chosen, language)
    place = address("help/glossary/", language)
    entries = []
    for row in _rows(own):
        code, name = row["code"], names[own][row["code"]]
        html = to_html(fill(row["text"], known))
        elsewhere = tuple(
            (spoken, there[code]) for spoken, there in names.items() if spoken != own and there.get(code, name) != name
        )
        letter = fold(name)[:1].upper()
        entries.append(Entry(code, name, html, to_words(html), letter, f"{place}#{code}", elsewhere))
    return tuple(sorted(entries, key=lambda entry: fold(entry.name)))


def _names(language: str, chosen: Brand) -> dict[str, str]:
    known = facts(chosen, language)
    return {row["code"]: fill(row["name"], known) for row in _rows(language)}


def _rows(language: str) -> list[dict[str, str]]:
    with (FOLDER / language / "glossary.toml").open("rb") as file:
        rows: list[dict[str, str]] = tomllib.load(file)["term"]
    return rows


def fold(text: str) -> str:
    """A text without case and accents, for sorting and searching."""
    spread = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in spread if not unicodedata.combining(letter)).replace("\u2019", "'")
