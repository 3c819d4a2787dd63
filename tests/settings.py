"""The portal's own settings, with what tests change: a fast hasher, plain static files, the database of the run."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("PASSERELLE_DATA_DIR", tempfile.mkdtemp(prefix="passerelle-tests-"))
os.environ.setdefault("PASSERELLE_SECRET_KEY", "a key for tests only, long enough to please the system checks ........")
os.environ.setdefault("PASSERELLE_DATABASE_URL", os.environ.get("PASSERELLE_TEST_DATABASE_URL", ""))
os.environ.setdefault("PASSERELLE_LOG_FORMAT", "console")

from passerelle.config.settings import *  # noqa: F403

PASSERELLE_TESTING = True
PASSERELLE_MAILBOX = True
ALLOWED_HOSTS = ["*"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
PASSWORD_HASHERS = ["tests.hashers.QuickArgon2"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
# A file: the threads of a race wait for its lock, where those of a database in memory fail at once.
DATABASES["default"]["TEST"] = {"NAME": str(PASSERELLE_DATA_DIR / "tests.sqlite3")}  # noqa: F405
if DATABASES["default"]["ENGINE"].endswith("postgresql"):  # noqa: F405
    DATABASES["default"]["OPTIONS"].pop("pool", None)  # noqa: F405  test threads hold their own connections
    DATABASES["default"].pop("TEST")  # noqa: F405
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405  WhiteNoise warns of a missing folder, and warnings are errors
