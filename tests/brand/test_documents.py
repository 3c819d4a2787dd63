"""The General Terms of Use and the organisation's own pages, as files of the brand folder."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from passerelle import brand
from passerelle.brand.load import BRANDS

FRENCH = sorted(BRANDS.glob("*/*/*.fr.md"))


def test_the_demonstration_has_two_versions_of_the_terms_in_both_languages() -> None:
    versions = brand.terms(brand.load("demo", {}))
    assert [(version.number, version.language) for version in versions] == [(1, "en"), (1, "fr"), (2, "en"), (2, "fr")]
    second = versions[2]
    assert second.effective_date == date(2026, 3, 2)
    assert second.grace_days == 90
    assert "24 hours" in second.changes
    assert second.text != versions[0].text
    assert versions[0].grace_days is None


@pytest.mark.parametrize("name", ["demo", "brassac"])
def test_the_sections_are_numbered_alike_in_every_language(name: str) -> None:
    by_number: dict[int, set[tuple[str, ...]]] = {}
    for version in brand.terms(brand.load(name, {})):
        numbers = tuple(re.findall(r"^(?:## )?(\d+(?:\.\d+)?)\.? ", version.text, re.MULTILINE))
        assert len(numbers) > 10
        by_number.setdefault(version.number, set()).add(numbers)
        ordered = sorted(numbers, key=lambda number: [int(part) for part in number.split(".")])
        assert list(numbers) == ordered
        assert len(set(numbers)) == len(numbers)
    assert all(len(found) == 1 for found in by_number.values())


def test_a_page_is_read_in_the_language_asked_else_in_english(folder: Path) -> None:
    loaded = brand.load(folder, {})
    page = brand.page(loaded, "legal-notice", "fr")
    assert page is not None
    assert page.title == "Mentions légales"
    (folder / "pages" / "legal-notice.fr.md").unlink()
    page = brand.page(loaded, "legal-notice", "fr")
    assert page is not None
    assert page.language == "en"


@pytest.mark.parametrize("name", ["nothing", "../terms/1", "", "About"])
def test_a_page_that_is_not_there_is_none(name: str) -> None:
    assert brand.page(brand.load("demo", {}), name, "en") is None


@pytest.mark.parametrize(
    ("file", "words", "said"),
    [
        ("1.fr.md", None, "has no 1.fr.md; write every version in the same languages."),
        ("one.en.md", "x", "one.en.md must be named by the version's number and language"),
        ("terms.md", "x", "terms.md must be named by content and language"),
        ("1.en.md", "No front matter", "1.en.md must begin with a line +++, the front matter, and a second line +++."),
        ("1.en.md", "+++\ntitle =\n+++\nText", "1.en.md: the front matter is not TOML"),
        ("1.en.md", "+++\nchanges = 'x'\n+++\nText", 'title is missing from the front matter; add title = "…".'),
        ("1.en.md", '+++\ntitle = "x"\nchanges = "x"\n+++\nText', "effective_date must be a day without quotes"),
        ("1.en.md", '+++\ntitle = "x"\nchanges = "x"\n+++\n\n', "has no text after its front matter; write it."),
        (
            "1.en.md",
            '+++\ntitle = "x"\nchanges = "x"\neffective_date = 2020-01-01\ngrace_days = -1\n+++\nText',
            "grace_days must be a whole number of days, 0 to 730.",
        ),
        (
            "1.en.md",
            '+++\ntitle = "x"\nchanges = "x"\neffective_date = 2020-01-01\n+++\nText',
            "version 1 has different dates in its languages",
        ),
    ],
)
def test_a_document_that_cannot_be_read_says_why(folder: Path, file: str, words: str | None, said: str) -> None:
    path = folder / "terms" / file
    if words is None:
        path.unlink()
    else:
        path.write_text(words, encoding="utf-8")
    with pytest.raises(brand.BrandError) as refused:
        brand.terms(brand.load(folder, {}))
    assert said in str(refused.value)


@pytest.mark.parametrize("path", FRENCH, ids=lambda path: f"{path.parts[-3]}-{path.name}")
def test_french_texts_are_set_as_french_is(path: Path) -> None:
    words = path.read_text(encoding="utf-8").split("+++\n", 2)[2]
    assert not re.findall(r"[^\u00a0\s\d/]:(?=\s)", words), "a no-break space stands before a colon"
    assert not re.findall(r" [:;!?»]|« |[^\u202f][;!?]", words)
    assert '"' not in words
    assert "'" not in words
