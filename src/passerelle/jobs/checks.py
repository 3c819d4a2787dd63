"""Settings under which background work would stand still or go wrong, found at start."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django_tasks import task_backends
from django_tasks_db import DatabaseBackend

from passerelle.jobs.worker import LANES


def settings_agree(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    backend = task_backends["default"]
    if not isinstance(backend, DatabaseBackend):
        found.append(
            Error(
                "TASKS does not keep tasks in the database.",
                hint='Set TASKS["default"]["BACKEND"] to "django_tasks_db.DatabaseBackend": tasks are queued in the '
                "transaction that asks for them.",
                id="jobs.E001",
            )
        )
    if unserved := sorted(set(backend.queues) ^ set(LANES)):
        found.append(
            Error(
                f"The queues in TASKS and the lanes of the worker differ: {', '.join(unserved)}.",
                hint=f'Set TASKS["default"]["QUEUES"] to {sorted(LANES)}.',
                id="jobs.E002",
            )
        )
    if not settings.USE_TZ:
        found.append(Error("USE_TZ is off.", hint="Set USE_TZ to True: instants are stored in UTC.", id="jobs.E003"))
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3") and database.get("OPTIONS", {}).get("transaction_mode") != "IMMEDIATE":
        found.append(
            Error(
                "SQLite's transactions do not begin as IMMEDIATE: two workers would fail with a locked database.",
                hint='Set "transaction_mode" to "IMMEDIATE" in the OPTIONS of the database.',
                id="jobs.E004",
            )
        )
    return found
