"""The gallery in a real browser: no accessibility violation, nothing wider than the screen, nothing the security policy
had to stop; with and without JavaScript (ux X1, X5, X15, X25, G8)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.wsgi import get_wsgi_application
from playwright.sync_api import Browser, Page

from passerelle.web import gallery
from tests.browser import chromium
from tests.browser.chromium import listen, overflow, violations

pytestmark = chromium.MARKS

STATES = [name for name in gallery.states() if name.startswith(("error-", "layout-"))]


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 64


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def site(settings: Any, web_pages: None) -> Iterator[str]:
    settings.DEBUG = True
    server = make_server("127.0.0.1", 0, StaticFilesHandler(get_wsgi_application()), Server, Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.started() as found:
        yield found


def open_page(browser: Browser, address: str, **options: Any) -> tuple[Page, list[str]]:
    """A page and the list that fills with what the browser complains of."""
    page = browser.new_context(**options).new_page()
    complaints = listen(page)
    page.goto(address, wait_until="networkidle")
    return page, complaints


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1360, 390, 320])
def test_the_gallery_has_no_violation_and_fits_the_screen(browser: Browser, site: str, width: int, scheme: str) -> None:
    viewport = {"width": width, "height": 900}
    page, complaints = open_page(browser, f"{site}/en/gallery/", viewport=viewport, color_scheme=scheme)
    assert violations(page) == []
    assert overflow(page) == 0
    assert complaints == []
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_each_state_has_no_violation_and_fits_a_small_screen(browser: Browser, site: str, scheme: Any) -> None:
    wrong: list[str] = []
    page = browser.new_context(viewport={"width": 320, "height": 800}, color_scheme=scheme).new_page()
    for name in STATES:
        page.goto(f"{site}/fr/gallery/states/{name}/", wait_until="networkidle")
        wrong += [f"{name}: {text}" for text in violations(page)]
        if over := overflow(page):
            wrong.append(f"{name}: {over} px too wide")
    assert wrong == []
    page.context.close()


def test_every_target_can_be_hit(browser: Browser, site: str) -> None:
    page, _ = open_page(browser, f"{site}/en/gallery/", viewport={"width": 390, "height": 900})
    small = page.evaluate(
        """() => [...document.querySelectorAll("a[href], button, summary, select")]
        .filter((element) => element.checkVisibility())
        .filter((element) => !element.closest(".skip, .visually-hidden, p, li:not([class])"))
        .map((element) => [element.textContent.trim().slice(0, 40), element.getBoundingClientRect()])
        .filter(([, box]) => box.height < 24 && box.height > 0)
        .map(([text, box]) => `${text} ${box.height}`)"""
    )
    assert small == []
    page.context.close()


def test_forced_colours_and_print_keep_the_page_whole(browser: Browser, site: str) -> None:
    page, _ = open_page(browser, f"{site}/en/gallery/", forced_colors="active", viewport={"width": 390, "height": 900})
    assert overflow(page) == 0
    page.emulate_media(media="print", forced_colors="none", color_scheme="dark")
    assert not page.locator(".sections").is_visible()
    assert page.evaluate("() => getComputedStyle(document.body).color") == "rgb(20, 35, 43)"
    page.context.close()


def test_text_spacing_of_the_reader_breaks_nothing(browser: Browser, site: str) -> None:
    page, _ = open_page(browser, f"{site}/en/gallery/", viewport={"width": 320, "height": 900}, bypass_csp=True)
    page.add_style_tag(
        content="* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }"
        "p { margin-bottom: 2em !important; }"
    )
    assert overflow(page) == 0
    page.context.close()


@pytest.mark.parametrize("script", [True, False])
def test_the_menu_opens_on_a_small_screen(browser: Browser, site: str, script: bool) -> None:
    page, _ = open_page(
        browser, f"{site}/en/gallery/", viewport={"width": 390, "height": 800}, java_script_enabled=script
    )
    link = page.locator(".menu__list a", has_text="Get an access")
    assert not link.is_visible()
    page.locator("summary", has_text="Menu").press("Enter")
    assert link.is_visible()
    if script:
        page.keyboard.press("Escape")
        assert not link.is_visible()
        assert page.evaluate("() => document.activeElement.tagName") == "SUMMARY"
    page.context.close()


@pytest.mark.parametrize("script", [True, False])
def test_changing_the_language_keeps_what_was_typed(browser: Browser, site: str, script: bool) -> None:
    page, _ = open_page(browser, f"{site}/en/ask/", java_script_enabled=script)
    page.get_by_label("COFOR").fill("A1")
    page.get_by_label("Comments").fill("Bonjour")
    page.get_by_role("button", name="FR").click()
    page.wait_for_url("**/fr/ask/")
    assert page.get_by_label("COFOR").input_value() == "A1"
    assert page.get_by_label("Comments").input_value() == "Bonjour"
    assert page.locator(".govuk-error-message").count() == 0
    page.context.close()


def test_an_untouched_form_changes_language_as_a_plain_link(browser: Browser, site: str) -> None:
    page, _ = open_page(browser, f"{site}/en/ask/?x=1")
    page.get_by_role("button", name="FR").click()
    page.wait_for_url("**/fr/ask/?x=1")
    assert page.evaluate("() => performance.getEntriesByType('navigation')[0].type") == "navigate"
    page.reload()
    assert page.get_by_label("COFOR").is_visible()
    page.context.close()


def test_after_an_error_the_focus_is_on_the_summary_and_its_links_lead_to_the_fields(
    browser: Browser, site: str
) -> None:
    page, complaints = open_page(browser, f"{site}/en/ask/")
    page.get_by_role("button", name="Send").click()
    summary = page.locator(".errors")
    summary.wait_for()
    page.wait_for_function("() => document.activeElement.classList.contains('errors')")
    summary.get_by_role("link").first.click()
    assert page.evaluate("() => document.activeElement.id") == "id_cofor"
    assert page.title().startswith("Error: ")
    assert complaints == []
    page.context.close()


def test_a_password_can_be_shown(browser: Browser, site: str) -> None:
    page, _ = open_page(browser, f"{site}/en/ask/")
    page.get_by_label("Password", exact=True).fill("words")
    page.get_by_role("button", name="Show password").click()
    assert page.get_by_label("Password", exact=True).get_attribute("type") == "text"
    page.context.close()


def test_the_proof_of_work_runs_under_the_security_policy(browser: Browser, site: str) -> None:
    page, complaints = open_page(browser, f"{site}/en/proof/")
    page.get_by_label("I am not a robot").click()
    page.locator("altcha-widget [data-state=verified]").wait_for(timeout=30_000)
    assert len(page.locator("input[name=altcha]").input_value()) > 50
    assert complaints == []
    assert violations(page) == []
    page.context.close()
