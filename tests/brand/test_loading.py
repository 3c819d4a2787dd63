"""A brand is a folder: read once, whole, and usable before Django is ready."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.utils.translation import override
from pytest_django.fixtures import Settings

from passerelle import brand
from passerelle.brand.load import BRANDS, DEFAULT
from tests.brand.conftest import Spoil

ROOT = BRANDS.parent
FOLDERS = sorted(path.name for path in BRANDS.iterdir() if (path / "brand.toml").is_file())


def test_the_repository_holds_two_brands() -> None:
    assert FOLDERS == ["brassac", "demo"]


@pytest.mark.parametrize("name", FOLDERS)
def test_it_reads_every_brand_of_the_repository(name: str) -> None:
    loaded = brand.load(name, {})
    assert loaded.name == name
    assert loaded.folder == BRANDS / name
    for part in (loaded.templates_folder, loaded.static_folder):
        assert part.is_dir()


def test_the_second_brand_is_unlike_the_first() -> None:
    demo, brassac = brand.load("demo", {}), brand.load("brassac", {})
    assert demo.term("cofor", "fr") == "COFOR"
    assert brassac.term("cofor", "fr") == "code fournisseur"
    assert brassac.label("cofor", "en", plural=True) == "Supplier codes"
    assert brassac.term("private_area", "fr") == "espace privé"
    assert (demo.codes.login_prefix, brassac.codes.login_prefix) == ("V", "F")
    assert (demo.policies.profile, brassac.policies.profile) == ("classic", "strict")
    assert brassac.policies.second_factor == brassac.policies.second_factor_users == "required"
    assert demo.look.palette != brassac.look.palette


def test_it_needs_nothing_of_django(tmp_path: Path) -> None:
    """Settings read the brand, so reading it must not ask for settings."""
    code = (
        "import sys; from passerelle import brand; loaded = brand.load('demo');"
        "brand.css_text(loaded); brand.terms(loaded); loaded.term('plsa', 'fr');"
        "sys.exit([name for name in sys.modules if name.split('.')[0] == 'django'] != [])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr


def test_the_folder_comes_from_the_environment_as_a_path_or_a_name(tmp_path: Path) -> None:
    assert brand.chosen_folder({}) == DEFAULT
    assert brand.chosen_folder({"PASSERELLE_BRAND": "brassac"}) == BRANDS / "brassac"
    assert brand.chosen_folder({"PASSERELLE_BRAND": str(tmp_path)}) == tmp_path


def test_the_current_brand_is_read_once_and_follows_the_setting(settings: Settings) -> None:
    settings.PASSERELLE_BRAND = BRANDS / "demo"
    assert brand.current() is brand.current()
    settings.PASSERELLE_BRAND = BRANDS / "brassac"
    assert brand.current().name == "brassac"
    other = brand.current().with_policies(link_days=3)
    settings.PASSERELLE_BRAND = other
    assert brand.current() is other


def test_other_policies_are_checked_again() -> None:
    with pytest.raises(ValueError, match="link_days is 60"):
        brand.load("demo", {}).with_policies(link_days=60)


def test_a_brand_cannot_be_changed() -> None:
    loaded = brand.load("demo", {})
    with pytest.raises(ValueError, match="frozen"):
        loaded.organisation.name = "Another"


def test_the_smallest_brand_takes_every_default(tmp_path: Path) -> None:
    """What a customer must write is short: who, contacts, sender, two colours."""
    smallest = """
        [organisation]
        name = "Group"
        short_name = "Group"
        portal_name = "Portal"
        zone_label = "Paris time"
        website = "https://group.example"
        address = "1 street, town"
        [contact]
        assistance_email = "a@group.example"
        assistance_phone = "1"
        hours = "always"
        answer_delay = "today"
        registration_email = "a@group.example"
        security_email = "a@group.example"
        [mail]
        sender_name = "Group"
        sender_address = "a@group.example"
        [look]
        brand = "#123456"
        accent = "#654321"
        [links]
        personal_data_contact = "a@group.example"
    """
    (tmp_path / "brand.toml").write_text(re.sub(r"^ +", "", smallest, flags=re.MULTILINE), encoding="utf-8")
    loaded = brand.load(tmp_path, {})
    assert loaded.policies.profile == "classic"
    assert loaded.policies.second_factor == "required"
    assert [category.code for category in loaded.categories][:2] == ["series_parts", "spare_parts"]
    assert loaded.codes.login_length == 7


# A3
def test_a_text_is_shown_in_the_current_language_else_in_english() -> None:
    words = brand.load("demo", {}).contact.answer_delay
    with override("fr"):
        assert str(words) == "sous 1\u00a0jour ouvré"
    with override("de"):
        assert str(words) == "within 1 working day"
    assert words.get("fr-ca") == words.get("fr")


# A3
def test_a_third_language_is_words_and_no_code(spoil: Spoil) -> None:
    folder = spoil(('fr = "Portail fournisseurs" }  #', 'fr = "Portail fournisseurs", de = "Lieferantenportal" }  #'))
    assert brand.load(folder, {}).organisation.portal_name.get("de") == "Lieferantenportal"


def test_an_unknown_term_is_refused_by_name() -> None:
    with pytest.raises(KeyError, match="no term of the vocabulary"):
        brand.load("demo", {}).term("cofr")


# C1
@pytest.mark.parametrize("typed", ["A1B2C3", "a1b2c3", " a1 b2 c3 ", "A1B2\u00a0C3"])
def test_a_code_is_read_in_any_case_and_with_blanks(typed: str) -> None:
    assert brand.load("demo", {}).codes.read_cofor(typed) == "A1B2C3"


@pytest.mark.parametrize(
    "typed", ["", "A1B2C", "A1B2C34", "A1B2C!", "Ä1B2C3", "А1B2C3", "\uff21\uff11B2C3", "A1B2C3\x00"]
)
def test_a_text_of_another_form_is_no_code(typed: str) -> None:
    assert brand.load("demo", {}).codes.read_cofor(typed) is None


# decision 7
def test_free_mail_domains_are_known_in_any_case() -> None:
    mail = brand.load("brassac", {}).mail
    assert mail.is_free("GMail.com")
    assert mail.is_free("orange.fr.")
    assert mail.is_free("auvergne-mail.example")
    assert not mail.is_free("norvane.example")


def test_a_category_that_the_brand_dropped_still_has_words() -> None:
    loaded = brand.load("demo", {})
    assert loaded.category_name("spare_parts").get("fr") == "Pièces de rechange"
    assert str(loaded.category_name("castings")) == "castings"


def test_the_pictures_stand_among_the_static_files_under_brand() -> None:
    assert brand.load("brassac", {}).look.favicon == "brand/favicon.svg"


def _sources() -> list[Path]:
    kept = {".py", ".html", ".txt", ".css", ".js", ".mjs", ".scss", ".svg", ".po", ".toml", ".md", ".json", ".typ"}
    found = [path for top in ("src", "frontend") for path in (ROOT / top).rglob("*") if path.suffix in kept]
    return [path for path in found if path.is_file() and "build" not in path.parts]


def test_no_organisation_is_named_in_the_source() -> None:
    names = set()
    for folder in FOLDERS:
        organisation = brand.load(folder, {}).organisation
        names |= {organisation.name, organisation.short_name, organisation.website.split("//")[1].removeprefix("www.")}
    pattern = re.compile("|".join(re.escape(name) for name in sorted(names)), re.IGNORECASE)
    found = [str(path.relative_to(ROOT)) for path in _sources() if pattern.search(path.read_text(encoding="utf-8"))]
    assert _sources()
    assert found == []
