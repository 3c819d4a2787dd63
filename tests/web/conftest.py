"""The web layer under test: its own addresses, the gallery among them, and pages of each kind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

TEMPLATES = Path(__file__).parent / "templates"


@pytest.fixture(autouse=True)
def web_pages(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.web.urls"
    first, *rest = settings.TEMPLATES
    settings.TEMPLATES = [{**first, "DIRS": [*first["DIRS"], TEMPLATES]}, *rest]


@pytest.fixture
def visitor_client() -> Client:
    """A browser that checks tokens as a real one is checked, and gets error pages instead of exceptions."""
    return Client(enforce_csrf_checks=True, raise_request_exception=False)
