"""Settings of real worker processes in tests: tables made from the models, pages and mails of the tests' own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.settings import *  # noqa: F403
from tests.settings import TEMPLATES


class _None:
    """Every app without migrations: these tests are about what runs, not how tables came to be."""

    def __contains__(self, app: str) -> bool:
        return True

    def __getitem__(self, app: str) -> Any:
        return None


MIGRATION_MODULES = _None()
ROOT_URLCONF = "tests.mail.urls"
TEMPLATES[0]["DIRS"].append(Path(__file__).parents[1] / "mail" / "templates")
