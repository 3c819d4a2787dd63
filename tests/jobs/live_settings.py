"""Settings of real worker processes in tests: the foundations alone, with pages and mails of the tests' own."""

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


# What runs jobs and mails knows nothing of the floors above, and starts faster without them.
INSTALLED_APPS = [
    "passerelle.core",
    "passerelle.brand",
    "passerelle.jobs",
    "passerelle.mail",
    "django_tasks",
    "django_tasks_db",
]
AUTH_USER_MODEL = "auth.User"
MIDDLEWARE = []
MIGRATION_MODULES = _None()
ROOT_URLCONF = "tests.mail.urls"
TEMPLATES[0]["DIRS"].append(Path(__file__).parents[1] / "mail" / "templates")
TEMPLATES[0]["OPTIONS"]["loaders"] = [
    ("django.template.loaders.cached.Loader", ["django.template.loaders.filesystem.Loader"])
]
TEMPLATES[0]["OPTIONS"]["builtins"] = ["django.templatetags.i18n", "passerelle.web.templatetags.portal"]
TEMPLATES[0]["OPTIONS"]["context_processors"] = []
