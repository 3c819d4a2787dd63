"""Error pages hold when the database and the brand are down, in both languages; an expired form loses no text."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.test import Client

from passerelle import brand
from tests.web import urls

PAGES = [("/en/nowhere/", 404), ("/en/broken/", 500), ("/en/database-down/", 503)]


@pytest.mark.parametrize(("path", "status"), PAGES)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_an_error_page_has_the_frame_and_asks_no_database(
    visitor_client: Client, path: str, status: int, language: str
) -> None:
    # The database fixture is absent on purpose: a query would fail the test.
    response = visitor_client.get(path.replace("/en/", f"/{language}/"), raise_request_exception=False)
    text = response.content.decode()
    assert response.status_code == status
    assert f'<html lang="{language}"' in text
    assert "<h1>" in text
    assert 'class="sections__bar"' in text
    assert "no-store" in response["Cache-Control"]
    for banned in ("Traceback", "RuntimeError", "OperationalError", "oops"):
        assert banned not in text


def test_a_paused_portal_says_when_to_come_back(visitor_client: Client) -> None:
    assert visitor_client.get("/en/database-down/")["Retry-After"] == "30"


@pytest.mark.parametrize(("path", "status"), PAGES)
def test_an_error_page_holds_without_a_brand(
    visitor_client: Client, monkeypatch: pytest.MonkeyPatch, path: str, status: int
) -> None:
    def broken() -> Any:
        raise brand.BrandError("brand.toml is gone")

    monkeypatch.setattr(brand, "current", broken)
    response = visitor_client.get(path)
    assert response.status_code == status
    assert b"<h1>" in response.content


def test_a_page_without_templates_still_says_something(visitor_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> str:
        raise OSError("no templates")

    monkeypatch.setattr("passerelle.web.errors.render_to_string", broken)
    response = visitor_client.get("/en/broken/")
    assert response.status_code == 500
    assert b"There is a problem with the portal" in response.content


TYPED = {"cofor": "A1B2C3", "comments": 'Two lines\n"quoted" & <b>bold</b>', "password": "secret words", "copy": "on"}


def again(text: str) -> dict[str, str]:
    """The fields of the form that sends again, as a browser would post them."""
    form = re.search(r'<form id="again".*?</form>', text, re.S)
    assert form
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form.group(0)))
    fields |= dict(re.findall(r'<textarea name="([^"]+)" hidden>\n(.*?)</textarea>', form.group(0), re.S))
    return {name: html.unescape(value) for name, value in fields.items()}


def test_an_expired_form_is_sent_again_with_one_button_and_loses_no_text(visitor_client: Client) -> None:
    urls.seen.clear()
    response = visitor_client.post("/en/ask/", TYPED, headers={"Origin": "http://testserver"})
    text = response.content.decode()
    assert response.status_code == 403
    assert "Your page was open for too long" in text
    assert "secret words" not in text
    assert "Your password is not kept" in text
    fields = again(text)
    assert set(fields) == {"cofor", "comments", "copy", "csrfmiddlewaretoken"}

    sent = visitor_client.post("/en/ask/", fields, headers={"Origin": "http://testserver"})
    assert sent.content == b"done"
    assert urls.seen[-1]["comments"] == TYPED["comments"]


def test_an_expired_form_changes_language_with_its_text(visitor_client: Client) -> None:
    text = visitor_client.post("/en/ask/", TYPED, headers={"Origin": "http://testserver"}).content.decode()
    fields = again(text) | {"_switch": "1"}
    switched = visitor_client.post("/fr/ask/", fields, headers={"Origin": "http://testserver"}).content.decode()
    assert '<html lang="fr"' in switched
    assert 'value="A1B2C3"' in switched


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "null"},
        {},
        {"Origin": "http://["},
        {"Referer": "http://["},
    ],
)
def test_a_form_of_another_site_is_not_offered_again(visitor_client: Client, headers: dict[str, str]) -> None:
    response = visitor_client.post("/en/ask/", TYPED, headers=headers)
    text = response.content.decode()
    assert response.status_code == 403
    assert "A1B2C3" not in text
    assert 'id="again"' not in text


def test_a_request_with_too_many_fields_is_refused_with_words(visitor_client: Client) -> None:
    body = "&".join(f"f{number}=1" for number in range(600))
    response = visitor_client.post("/en/ask/", body, content_type="application/x-www-form-urlencoded")
    assert response.status_code in {400, 403}
    assert b"<h1>" in response.content


def test_no_error_page_names_a_code_or_says_oops(visitor_client: Client) -> None:
    text = visitor_client.get("/en/nowhere/").content.decode().lower()
    assert "404" not in re.sub(r"<[^>]*>", "", text)
