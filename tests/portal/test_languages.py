"""A third language is a translation file and no code (A3)."""

from __future__ import annotations

from pathlib import Path

import polib
import pytest
from django.conf import settings as given
from django.test import Client
from django.utils import translation
from pytest_django.fixtures import Settings

from passerelle.config.env import languages
from passerelle.core import clock
from tests import cast

pytestmark = pytest.mark.django_db


def catalogue(folder: Path, code: str, **words: str) -> None:
    file = polib.POFile()
    file.metadata = {"Content-Type": "text/plain; charset=utf-8", "Plural-Forms": "nplurals=2; plural=(n != 1);"}
    file.extend(polib.POEntry(msgid=source, msgstr=target) for source, target in words.items())
    place = folder / code / "LC_MESSAGES"
    place.mkdir(parents=True)
    file.save(str(place / "django.po"))
    file.save_as_mofile(str(place / "django.mo"))


@pytest.fixture
def german(settings: Settings, tmp_path: Path) -> None:
    """A brand's folder with a handful of German sentences."""
    catalogue(tmp_path, "de", **{"Get an access": "Zugang erhalten", "Start analysis": "Analyse starten"})
    settings.LOCALE_PATHS = [tmp_path, *settings.LOCALE_PATHS]
    settings.LANGUAGES = languages(settings.LOCALE_PATHS)


def test_the_languages_are_english_and_the_catalogues_that_are_there(tmp_path: Path) -> None:
    assert languages([tmp_path / "nowhere"]) == [("en", "English")]
    for code in ("fr", "de", "pt_BR", "en"):
        catalogue(tmp_path, code)
    (tmp_path / "it").mkdir()
    assert languages([tmp_path]) == [
        ("en", "English"), ("de", "Deutsch"), ("fr", "Français"), ("pt-br", "Português Brasileiro"),
    ]  # fmt: skip
    assert given.LANGUAGES == [("en", "English"), ("fr", "Français")]


@pytest.mark.usefixtures("german")
def test_a_page_speaks_the_third_language_and_english_where_it_is_silent(client: Client) -> None:
    html = client.get("/de/get-an-access/").content.decode()
    assert 'lang="de"' in html
    assert "Analyse starten" in html
    assert "Site code (optional)" in html


@pytest.mark.usefixtures("german")
def test_every_page_leads_to_its_like_in_the_third_language(client: Client) -> None:
    html = client.get("/en/get-an-access/").content.decode()
    assert 'hreflang="de"' in html
    assert "/de/get-an-access/" in html
    assert "Deutsch" in html
    assert Client().get("/", headers={"Accept-Language": "de"})["Location"] == "/de/"


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize("path", ["", "help/", "help/glossary/", "help/contact/", "information/", "sign-in/"])
def test_texts_of_the_portal_fall_back_to_english(client: Client, path: str) -> None:
    assert client.get(f"/de/{path}").status_code == 200


@pytest.mark.usefixtures("german")
def test_the_road_is_walked_in_the_third_language(client: Client) -> None:
    now = clock.now()
    cast.publish_terms(now)
    company = cast.company(now)
    cast.on_record(company, domains=("fournier.example",))
    assert cast.ask(company, now, language="de").language == "de"
    assert client.get("/de/get-an-access/?cofor=AB12CD").status_code == 200
    answer = client.get("/api/v1/access-analysis/AB12CD?lang=de")
    assert answer.status_code == 200
    assert answer.json()["next"]["help"].startswith("/de/")


def test_a_language_without_a_catalogue_is_no_address(client: Client) -> None:
    assert client.get("/de/get-an-access/").status_code == 404
    with translation.override("de"):
        assert translation.gettext("Start analysis") == "Start analysis"
