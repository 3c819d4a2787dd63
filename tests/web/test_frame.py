"""The frame of every page: sections, languages, footer, brand, and the gallery that shows it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.template import engines
from django.test import Client, RequestFactory
from django.utils import translation
from django_cotton.compiler_regex import CottonCompiler

from passerelle import brand
from passerelle.web import context, gallery, navigation


def test_the_language_switch_keeps_the_page_and_its_query(client: Client) -> None:
    text = client.get("/en/nowhere/?cofor=A1B2C3&site=01&_switch=1").content.decode()
    assert 'href="/fr/nowhere/?cofor=A1B2C3&amp;site=01"' in text


def test_on_a_form_the_switch_is_a_button_that_takes_what_was_typed_along(client: Client) -> None:
    text = client.get("/en/ask/").content.decode()
    button = re.search(r"<button[^>]*formaction[^>]*>", text)
    assert button
    for part in ('form="ask"', 'formaction="/fr/ask/"', 'formmethod="post"', 'name="_switch"', "formnovalidate"):
        assert part in button.group(0)


def test_switching_keeps_what_was_typed_without_a_script(client: Client) -> None:
    text = client.post("/fr/ask/", {"cofor": "A1", "comments": "Bonjour", "_switch": "1"}).content.decode()
    assert 'value="A1"' in text
    assert "Bonjour</textarea>" in text
    assert "govuk-error-message" not in text


def test_the_language_is_remembered(client: Client) -> None:
    assert client.get("/fr/ask/").cookies["language"].value == "fr"
    assert "language" not in client.get("/fr/ask/").cookies


@pytest.mark.parametrize("path", ["/en//evil.example/", "/en/%2F%2Fevil.example/", "//evil.example/"])
def test_the_switch_never_leads_away(path: str) -> None:
    request = RequestFactory().get(path)
    for language in context.languages(request):
        assert language["url"].startswith(f"/{language['code']}/")


def test_sections_stand_in_the_contracts_order_with_the_current_one_marked() -> None:
    with translation.override("en"):
        found = navigation.sections("/en/get-an-access/")
        within = navigation.sections("/en/help/contact/")
    assert [section.label for section in found] == [
        "Welcome",
        "Present your company",
        "Get an access",
        "Information & Documentation",
        "Help & Contact",
    ]
    assert [section.current for section in found] == ["", "", "page", "", ""]
    assert within[4].current == "true"


def test_the_footer_links_only_to_pages_that_exist() -> None:
    with translation.override("en"):
        ours = [link for link in navigation.footer(brand.current()) if not link["rel"]]
    assert ours == []  # none of them is among the addresses of these tests


def test_the_brands_colours_come_from_a_sheet_of_their_own(client: Client) -> None:
    text = client.get("/en/ask/").content.decode()
    address = re.search(r'href="(/brand-[0-9a-f]+\.css)"', text)
    assert address
    sheet = client.get(address.group(1))
    assert sheet["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in sheet["Cache-Control"]
    assert "--brand:" in sheet.content.decode()
    assert text.index("portal.css") < text.index(address.group(1))
    assert client.get("/brand-0000.css")["Cache-Control"] == "no-cache"


def test_the_title_says_error_page_portal_and_organisation(client: Client) -> None:
    def title(text: str) -> str:
        found = re.search(r"<title>(.*?)</title>", text, re.S)
        assert found
        return found.group(1)

    name = brand.current().organisation.name
    assert title(client.get("/en/ask/").content.decode()) == f"Ask – Supplier portal – {name}"
    assert title(client.post("/en/ask/", {}).content.decode()).startswith("Error: Ask – ")


def test_a_page_has_no_inline_style_script_or_host_of_others(client: Client, settings: Any) -> None:
    settings.DEBUG = True
    text = client.get("/en/gallery/").content.decode()
    assert " style=" not in text
    assert "<style" not in text
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"\son[a-z]+=\"", text)
    assert not [host for host in re.findall(r"https?://([^/\"'<\s]+)", text) if host != "localhost:8000"]


def test_ids_are_unique_and_the_same_at_every_showing(client: Client, settings: Any) -> None:
    settings.DEBUG = True

    def ids() -> list[str]:
        return re.findall(r'\sid="([^"]+)"', client.get("/en/gallery/").content.decode())

    first = ids()
    assert len(first) == len(set(first))
    assert first == ids()


def test_the_gallery_is_for_debug_only(client: Client, settings: Any) -> None:
    settings.DEBUG = False
    assert client.get("/en/gallery/").status_code == 404
    assert client.get("/en/gallery/states/error-404/").status_code == 404


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("name", [name for name in gallery.states() if name.startswith(("error-", "layout-"))])
def test_each_state_of_the_gallery_renders(client: Client, settings: Any, language: str, name: str) -> None:
    settings.DEBUG = True
    text = client.get(f"/{language}/gallery/states/{name}/").content.decode()
    assert f'<html lang="{language}"' in text
    assert text.count("<h1") == 1
    assert "<c-" not in text


def render(source: str, **known: Any) -> str:
    return engines["django"].from_string(CottonCompiler().process(source)).render(known)


def test_a_code_has_no_blank_after_it() -> None:
    assert re.search(r">A1</span>,$", render("<c-code>A1</c-code>,"))


def test_the_term_tag_speaks_the_brands_words() -> None:
    with translation.override("fr"):
        assert render('{% term "plsa" %}') == "ASL Tiers"
        assert render('{% term "legal_representative" plural %}') == "représentants légaux"
        assert render('{% term "private_area" label as area %}{{ area }}') == "Espace privé"


def test_an_error_summary_leads_to_each_control() -> None:
    form = gallery.SampleForm({})
    text = render('<c-error-summary :form="form" :errors="more" />', form=form, more=["Something else is wrong."])
    assert 'href="#id_cofor"' in text
    assert 'href="#id_role_0"' in text
    assert "<li>Something else is wrong.</li>" in text
    assert 'role="alert"' in text


def test_a_form_without_errors_has_no_summary() -> None:
    assert "errors" not in render('<c-error-summary :form="form" />', form=gallery.SampleForm())
