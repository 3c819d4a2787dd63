"""Bring what the processes need up to date before they start: schema, cache table, terms of the brand, static files."""

from __future__ import annotations

import fcntl
import hashlib
import os
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand

STAMP = ".collected"
# Six hundred pictures of django-countries and a second reader of the API's description: no page shows them.
LEFT_OUT = ["flags", "flags/*", "ninja/redoc*"]


class Command(BaseCommand):
    help = "Prepares what the options name; without one the database and the static files. Again, it changes nothing."
    requires_system_checks = ["passerelle", "brand"]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--database", action="store_true", help="the schema, the cache's table and the brand's General Terms"
        )
        parser.add_argument("--static", action="store_true", help="the static files, if they changed")
        parser.add_argument("--demonstration", action="store_true", help="the database with the demonstration's data")

    def handle(self, *args: Any, **options: Any) -> None:
        named = {name for name in ("database", "static", "demonstration") if options[name]}
        if named != {"static"}:
            quiet = options["verbosity"] if named == {"database"} else 0
            call_command("migrate", interactive=False, verbosity=quiet, skip_checks=True)
            if settings.CACHES["default"]["BACKEND"].endswith("DatabaseCache"):
                call_command("createcachetable", verbosity=0)
            call_command("publish_terms", stdout=self.stdout, stderr=self.stderr)
        if "demonstration" in named:
            call_command("seed_demonstration", stdout=self.stdout, stderr=self.stderr)
        if not named or "static" in named:
            self._collect()

    def _collect(self) -> None:
        root = Path(settings.STATIC_ROOT)
        if settings.DEBUG:
            return
        with _alone(root):
            stamp, inputs = root / STAMP, _inputs()
            if stamp.is_file() and stamp.read_text("utf-8") == inputs:
                return
            self.stderr.write("Static files: collecting …")
            call_command("collectstatic", interactive=False, verbosity=0, skip_checks=True, ignore_patterns=LEFT_OUT)
            stamp.write_text(inputs, "utf-8")


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Two servers started at once on one folder collect one after the other."""
    root.mkdir(parents=True, exist_ok=True)
    handle = os.open(root, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _inputs() -> str:
    """One digest over the names, sizes and times of everything that would be collected."""
    total = hashlib.sha256(str(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for path, storage in sorted(finder.list(LEFT_OUT), key=lambda found: str(found[0])):
            found = Path(storage.path(path)).stat()
            total.update(f"{path}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    return total.hexdigest()
