"""One browser for the tests of this folder, one live server for all, an empty portal with terms for each."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser

from passerelle.suppliers.models import Company
from tests import cast
from tests.browser import chromium
from tests.browser.window import Window

Opens = Callable[..., Window]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Playwright keeps an event loop in this thread; Django is told that its queries there are meant."""
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with chromium.started() as found:
        yield found
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def now() -> datetime:
    """The server runs by the clock on the wall."""
    return datetime.now(tz=UTC)


@pytest.fixture
def site(browser: Browser, transactional_db: None, live_server: Any, settings: Any, now: datetime) -> str:
    """The address of the portal; its terms are published."""
    settings.PASSERELLE_BASE_URL = live_server.url
    cache.clear()
    cast.publish_terms(now)
    return str(live_server.url)


@pytest.fixture
def opens(browser: Browser, site: str) -> Iterator[Opens]:
    """Opens windows. When the test ends, none may have met a fault: of the security policy, a script, or WCAG."""
    windows: list[Window] = []

    def open_window(language: str = "en", **options: Any) -> Window:
        windows.append(Window.open(browser, site, language, **options))
        return windows[-1]

    yield open_window
    assert [wrong for window in windows for wrong in window.close()] == []


@pytest.fixture
def company(site: str, now: datetime) -> Company:
    """A company whose domain is on record, so that a request of its people goes on alone."""
    found = cast.company(now)
    cast.on_record(found, "contact@fournier.example", domains=("fournier.example",))
    return found
