"""Settings of the real processes in these tests: the portal's own, with plain static files and wide limits."""

from __future__ import annotations

from tests.jobs.live_settings import _None
from tests.settings import *  # noqa: F403

PASSERELLE_TESTING = False
PASSERELLE_LIMITS_FACTOR = 10_000
MIGRATION_MODULES = _None()  # tables made from the models: seconds instead of a minute
