"""Settings of the process in which races are run: the portal's own rules, nothing relaxed for tests but the limits."""

from __future__ import annotations

from tests.jobs.live_settings import _None
from tests.settings import *  # noqa: F403

PASSERELLE_TESTING = False
PASSERELLE_LIMITS_FACTOR = 10_000
MIGRATION_MODULES = _None()  # tables made from the models: seconds instead of a minute
