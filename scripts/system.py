"""Packages of the operating system, installed only for tests and only as root on Debian and its kin."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from say import Stop, say

OLDEST_POSTGRESQL = 15


@dataclass(frozen=True)
class Need:
    name: str
    package: str
    found: bool


def may_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(packages: list[str]) -> None:
    """apt-get install, without questions. A package that an older index does not know is looked up anew."""
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
    options = {"env": quiet, "stdin": subprocess.DEVNULL, "capture_output": True, "text": True}
    if subprocess.run(command, **options).returncode:
        subprocess.run(["apt-get", "update", "-q"], **options)
        done = subprocess.run(command, **options)
        if done.returncode:
            raise Stop(f"{(done.stdout + done.stderr).strip()}\n\nInstalling {', '.join(packages)} failed.")


def chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
    return os.environ.get("PASSERELLE_TEST_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


def postgresql() -> Path | None:
    """The folder of the newest PostgreSQL's programs, if one is new enough."""
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    folders += [path.parent for path in Path("/usr").glob("pgsql-*/bin/initdb")]
    if found := shutil.which("initdb"):
        folders.append(Path(found).resolve().parent)
    versions = {_version(folder): folder for folder in folders}
    newest = max(versions, default=0)
    return versions[newest] if newest >= OLDEST_POSTGRESQL else None


def _version(folder: Path) -> int:
    answer = subprocess.run([folder / "initdb", "--version"], capture_output=True, text=True, check=False).stdout
    number = re.search(r"\d+", answer)
    return int(number.group()) if number else 0


def needs() -> list[Need]:
    return [
        Need("Chromium (browser tests)", "chromium", chromium() is not None),
        Need(f"PostgreSQL {OLDEST_POSTGRESQL} or newer (its server)", "postgresql", postgresql() is not None),
        Need("faketime (tests under a moved clock)", "faketime", shutil.which("faketime") is not None),
    ]


def ensure() -> None:
    """What tests need beside Python: installed where we may, named where we may not."""
    missing = [need for need in needs() if not need.found]
    if not missing:
        return
    if may_install():
        say(f"Tests: installing {', '.join(need.package for need in missing)} …")
        install([need.package for need in missing])
        missing = [need for need in needs() if not need.found]
    if missing:
        listed = "\n".join(f"    {need.name}: package {need.package}" for need in missing)
        packages = " ".join(need.package for need in missing)
        raise Stop(
            f"The tests need programs that this machine lacks:\n{listed}\n"
            f"On Debian or Ubuntu: sudo apt-get install {packages}. Then run the command again."
        )
