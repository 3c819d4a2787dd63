"""Questions about what lies on this machine: folders, built files, catalogues."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import to_locale

from passerelle.core.keys import random_key
from passerelle.operations.doctor.findings import Finding, fail, ok, warn

LITTLE, TOO_LITTLE = 1 << 30, 100 << 20  # bytes
NEEDED = ("build/portal.css", "build/portal.js", "build/icons.svg")


def storage() -> Iterator[Finding]:
    folder = settings.STORAGES["default"]["OPTIONS"]["location"]
    try:
        name = default_storage.save(f"doctor/{random_key()}", ContentFile(b"written by the doctor"))
        default_storage.delete(name)
    except OSError as error:
        yield fail(
            "storage",
            f"{folder} cannot be written: {error}",
            "Give the portal's user the right to write there, and make room; PASSERELLE_STORAGE_URL names the folder.",
        )
    else:
        yield ok("storage", f"{folder} can be written")
    folder = settings.PASSERELLE_DATA_DIR
    free = shutil.disk_usage(folder).free
    found = f"{free / (1 << 30):.1f} GB are free at {folder}"
    if free >= LITTLE:
        yield ok("disk", found)
    else:
        yield (fail if free < TOO_LITTLE else warn)("disk", found, "Make room: nothing can be written on a full disk.")


def front_end() -> Iterator[Finding]:
    lacking = [name for name in NEEDED if finders.find(name) is None]
    if lacking:
        yield fail(
            "front end", f"{', '.join(lacking)} are not built", "Run ./passerelle serve or python frontend/build.py."
        )
        return
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if not settings.DEBUG and not manifest.is_file():
        yield fail("front end", "the static files are not collected", "Run ./passerelle manage prepare --static.")
        return
    yield ok("front end", "built and collected" if not settings.DEBUG else "built")


def catalogues() -> Iterator[Finding]:
    """Every language but English, which the sources are written in."""
    for code, name in settings.LANGUAGES:
        if code == "en":
            continue
        own = [folder / to_locale(code) / "LC_MESSAGES" / "django.po" for folder in map(Path, settings.LOCALE_PATHS)]
        found = [path for path in own if path.is_file()]
        if not found:
            yield fail("catalogues", f"there is none in {name}", "Write the catalogue.")
        for path in found:
            yield from _catalogue(path, name)


def _catalogue(path: Path, name: str) -> Iterator[Finding]:
    with path.open("rb") as file:
        catalogue = read_po(file)
    compiled = path.with_suffix(".mo")
    if not compiled.is_file() or compiled.stat().st_mtime_ns < path.stat().st_mtime_ns:
        yield fail("catalogues", f"{name}: {path} is not compiled", "Start any ./passerelle command: it compiles it.")
    missing, fuzzy = _gaps(catalogue)
    if missing or fuzzy:
        yield warn("catalogues", f"{name}: {missing} sentences are missing, {fuzzy} are doubtful", f"Complete {path}.")
    else:
        yield ok("catalogues", f"{name}: {len(catalogue)} sentences")


def _gaps(catalogue: Catalog) -> tuple[int, int]:
    messages = [message for message in catalogue if message.id]
    missing = [message for message in messages if not all(_texts(message.string))]
    return len(missing), sum(message.fuzzy for message in messages)


def _texts(string: object) -> tuple[object, ...]:
    return tuple(string) if isinstance(string, list | tuple) else (string,)
