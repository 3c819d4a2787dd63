"""Django's system checks tell what is wrong with the brand in force before anybody meets it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from passerelle import brand
from passerelle.brand.checks import check_brand
from tests.brand.conftest import Spoil


def found(settings: Settings, folder: Path | str) -> list[tuple[str | None, str]]:
    settings.PASSERELLE_BRAND = brand.load(folder, {})
    return [(message.id, message.msg) for message in check_brand(None)]


@pytest.mark.parametrize("name", ["demo", "brassac"])
def test_the_brands_of_the_repository_have_nothing_to_correct(settings: Settings, name: str) -> None:
    problems = [message for message in found(settings, name) if not (message[0] or "").startswith("brand.I")]
    assert problems == []


def test_a_brand_that_cannot_be_read_is_an_error(settings: Settings, tmp_path: Path) -> None:
    settings.PASSERELLE_BRAND = tmp_path
    assert [message.id for message in check_brand(None)] == ["brand.E001"]


def test_a_missing_picture_is_an_error(settings: Settings, folder: Path) -> None:
    (folder / "static" / "favicon.svg").unlink()
    assert [code for code, _ in found(settings, folder)] == ["brand.E002"]


def test_terms_that_are_missing_or_uneven_are_errors(settings: Settings, folder: Path) -> None:
    (folder / "terms" / "2.fr.md").unlink()
    assert [code for code, _ in found(settings, folder)] == ["brand.E003"]
    for path in (folder / "terms").iterdir():
        path.unlink()
    assert [code for code, _ in found(settings, folder)] == ["brand.E004"]


def test_a_language_without_terms_is_a_warning(settings: Settings, folder: Path) -> None:
    for path in (folder / "terms").glob("*.fr.md"):
        path.unlink()
    assert [code for code, _ in found(settings, folder)] == ["brand.W001"]


def test_a_text_without_one_language_of_the_portal_is_a_warning(settings: Settings, spoil: Spoil) -> None:
    settings.LANGUAGES = [("en", "English"), ("fr", "Français")]
    folder = spoil(('partner = { en = "Partner", fr = "Partenaire" }', 'partner = { en = "Partner", de = "Partner" }'))
    assert [(code, said.split(" ")[0]) for code, said in found(settings, folder)] == [("brand.W002", "kinds.partner")]


def test_a_colour_that_was_moved_is_told(settings: Settings, spoil: Spoil) -> None:
    messages = found(settings, spoil(('brand = "#0b4f6c"', 'brand = "#ffcc00"')))
    assert [code for code, _ in messages] == ["brand.I001"]
    assert "#ffcc00" in messages[0][1]


def test_a_weakened_strict_profile_is_a_warning(settings: Settings, spoil: Spoil) -> None:
    folder = spoil(('profile = "classic"', 'profile = "strict"'))
    assert [(code, said.split()[-1]) for code, said in found(settings, folder)] == [("brand.W004", "second_factor.")]


def test_a_mistyped_variable_is_a_warning(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSERELLE_SESSION_IDLE_MINUTE", "5")
    assert ("brand.W005", "PASSERELLE_SESSION_IDLE_MINUTE is not known and has no effect.") in found(settings, "demo")


def test_a_delay_in_words_that_the_desk_does_not_count_is_a_warning(settings: Settings, spoil: Spoil) -> None:
    # decision 34
    folder = spoil(("# verification_days = 1 ", "verification_days = 3 "))
    assert [code for code, _ in found(settings, folder)] == ["brand.W006", "brand.W006"]
    assert "the desk counts 3 (policy verification_days)" in found(settings, folder)[0][1]


def test_a_delay_in_words_may_count_hours_or_nothing(settings: Settings, spoil: Spoil) -> None:
    folder = spoil(
        ('answer_delay = { en = "within 1 working day", fr = "sous 1\N{NO-BREAK SPACE}jour ouvré" }',
         'answer_delay = { en = "within 24 hours", fr = "sous peu" }'),
    )  # fmt: skip
    assert found(settings, folder) == []
