"""Help topics and glossary: complete in both languages, found by search, reached by deep links (G1, G2)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client

from passerelle import brand
from passerelle.config.env import ROOT
from passerelle.opening.enums import Reason
from passerelle.portal.help.facts import facts, fill
from passerelle.portal.help.markdown import to_html, to_words
from passerelle.portal.help.search import read_query, search
from passerelle.portal.help.texts import FOLDER, languages, texts

# Annex 1 and G1: the categories that must be there.
TOPICS = {
    "changing-your-password", "compatible-browsers", "general-training", "get-an-access",
    "forgotten-login-or-password", "introduce-your-company", "sign-in-window-comes-back", "using-the-portal",
    "results-of-the-analysis",
}  # fmt: skip
# Annex 3, by code.
TERMS = """amdec anfac aqf b2b b2b-portal-application car-maker-partner ckd clifa cofor compensation cqps dmu e-business
edi electronic-marketplace enx e-procurement extended-enterprise fieec fiev fim galia gpa industrial-partner isa srm
ntic odette platform plsa portal ppm product-process-pilot sia sncp sod sourcing supplier suppliers-database
synchronous-flow virtual-platform work-areas""".split()  # noqa: SIM905
FORBIDDEN = re.compile(r"\b(please|sorry|invalid|valid|oops|illegal|coming soon)\b|\(s\)", re.IGNORECASE)


def read(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_category_of_the_specification_is_there(language: str) -> None:  # G1, annex 1
    assert {topic.code for topic in texts(language).topics} == TOPICS
    assert all(topic.articles for topic in texts(language).topics)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_term_of_the_specification_is_in_the_glossary(language: str) -> None:  # G2, annex 3
    assert set(TERMS) <= {entry.code for entry in texts(language).glossary}
    assert all(entry.words for entry in texts(language).glossary)


def test_anchors_are_the_same_in_every_language() -> None:  # A3: the language switch keeps the place
    assert languages() == ["en", "fr"]
    for part in ("articles", "glossary"):
        codes = [
            {getattr(item, "anchor", None) or item.code for item in getattr(texts(language), part)}
            for language in languages()
        ]
        assert codes[0] == codes[1]
    assert [part.anchor for part in texts("en").guide.articles] == [part.anchor for part in texts("fr").guide.articles]


@pytest.mark.parametrize("reason", [reason.value for reason in Reason])
def test_each_reason_code_has_its_article(client: Client, reason: str) -> None:  # I9, contract
    for language in ("en", "fr"):
        assert texts(language).article(f"reason-{reason}").words
    assert f'id="reason-{reason}"' in read(client, "/en/help/")


def test_a_deep_link_opens_its_category_without_a_script(client: Client) -> None:  # G1
    closed = read(client, "/en/help/")
    assert not re.search(r"<details[^>]* open", closed.partition("<main")[2])
    for name in ("get-an-access", "six-questions"):
        page = read(client, f"/en/help/?topic={name}")
        assert re.findall(r'<details class="fold" id="([^"]+)" open', page) == ["get-an-access"]


def test_each_category_shows_its_count(client: Client) -> None:  # G1
    page = read(client, "/en/help/")
    for topic in texts("en").topics:
        block = page.partition(f'id="{topic.code}"')[2][:600]
        assert f"{len(topic.articles)} answers" in block
    assert f"{len(texts('en').glossary)} terms" in page


@pytest.mark.parametrize(
    ("language", "query", "first"),
    [
        ("en", "forgotten password PLSA", "forgotten-plsa"),
        ("en", "FOUR steps", "four-steps"),
        ("fr", "representant legal e-mail", "mail-not-received"),
        ("fr", "MOT DE PASSE oublié utilisateur", "forgotten-user"),
        ("fr", "l'analyse questions", "six-questions"),
    ],
)
def test_a_search_finds_the_article_meant_first(language: str, query: str, first: str) -> None:  # G1
    hits = search(texts(language), query)
    assert hits[0].url.endswith(f"#{first}"), [hit.title for hit in hits]


def test_a_search_finds_terms_by_their_name_in_another_language() -> None:  # G2
    assert search(texts("en"), "maquette numérique")[0].title == "DMU, digital mock-up"
    assert search(texts("en"), "cofor")[0].is_term


def test_a_search_shows_what_it_found_and_keeps_what_was_typed(client: Client) -> None:  # G1, P21
    page = read(client, "/en/help/?q=passport")
    assert 'value="passport"' in page
    assert re.search(r"\d+ results for “passport”", page)
    assert "#passport" in page


def test_a_search_without_a_result_offers_to_ask(client: Client) -> None:  # P21
    page = read(client, "/en/help/?q=zebra+crossing")
    assert "0 results" in page
    assert "/en/help/contact/?subject=zebra%20crossing" in page


def test_the_glossary_can_be_searched_and_says_so_when_nothing_matches(client: Client) -> None:  # G2
    page = read(client, "/en/help/glossary/?q=odette")
    assert 'id="odette"' in page
    assert 'id="galia"' not in page
    assert "No term matches" in read(client, "/en/help/glossary/?q=zebra")


def test_terms_are_marked_as_definitions_in_both_languages(client: Client) -> None:  # G2, P22
    assert "<dfn>PLSA</dfn>" in read(client, "/en/help/glossary/")
    page = read(client, "/fr/help/glossary/")
    assert "<dfn>ASL Tiers</dfn>" in page
    assert '<span class="small" lang="en">(PLSA)</span>' in page


def test_a_query_is_cut_and_cleaned_before_it_is_shown() -> None:
    assert read_query("a\x00b\u202ec\n d" + "x" * 500).startswith("a b c d")
    assert len(read_query("x" * 500)) == 100
    assert search(texts("en"), "((((") == []
    assert search(texts("en"), "a" * 100_000) == []


def test_markdown_cannot_carry_anything_that_runs() -> None:
    html = to_html("<img src=x onerror=alert(1)> [a](javascript:alert(1)) [b](https://x.example)\n\n<script>1</script>")
    assert "<img" not in html
    assert "<script" not in html
    assert 'href="javascript' not in html
    assert 'href="https://x.example"' in html
    assert to_words("<p>a</p><p>b &amp; c</p>") == "a b & c"


def test_a_name_in_braces_that_nobody_knows_is_a_fault() -> None:
    with pytest.raises(KeyError):
        fill("{nobody}", facts(brand.current(), "en"))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_texts_take_the_words_of_any_brand(language: str, monkeypatch: pytest.MonkeyPatch) -> None:  # decision 1
    other = brand.load(ROOT / "brands" / "brassac")
    monkeypatch.setattr(brand, "current", lambda: other)
    known = texts(language)
    words = " ".join(article.words for article in (*known.articles, *known.guide.articles))
    assert not re.search(r"\bCOFOR\b|\bPLSA\b|\bASL Tiers\b|Norvane", words)
    assert ("supplier code" if language == "en" else "code fournisseur") in words


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.*")), ids=lambda path: "/".join(path.parts[-2:]))
def test_the_texts_keep_to_the_words_and_the_typography_of_the_house(path: Path) -> None:  # W4, W7
    text = path.read_text(encoding="utf-8")
    assert not FORBIDDEN.search(text)
    prose = re.sub(r"^\w+ = \"|\"$|^\+\+\+|\]\([^)]*\)", "", text, flags=re.MULTILINE)
    assert '"' not in prose
    assert "'" not in prose
    if "fr" in path.parts:
        assert not re.search(r" [;!?:»]|« ", prose)


@pytest.mark.parametrize("page", ["forgotten-login/", "forgotten-password/", "help/blocked-access/"])
def test_who_cannot_sign_in_is_told_what_to_do_now(client: Client, page: str) -> None:  # A2
    text = read(client, f"/en/{page}")
    assert "/en/help/contact/?topic=" in text
    assert "/en/get-an-access/" in text
