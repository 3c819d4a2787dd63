"""Tests on both databases, and the checks that come before them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time

import environment
import system
from cluster import throw_away
from environment import PYTHON, ROOT
from say import say

NO_TESTS = 5  # pytest's exit status when nothing was selected

# What is checked before the tests, from the quickest to the slowest.
CHECKS: dict[str, list[str]] = {
    "format": ["ruff", "format", "--check", "--quiet", "."],
    "lint": ["ruff", "check", "--quiet", "."],
    "catalogues": ["python", "scripts/messages.py", "check"],
    "templates": ["djlint", "--lint", "--quiet", "src/passerelle/templates"],
    "import contracts": ["lint-imports"],
    "system checks": ["python", "-m", "django", "check", "--fail-level", "ERROR"],
    "migrations": ["python", "-m", "django", "makemigrations", "--check", "--dry-run"],
    "types": ["mypy"],
}


def test(*arguments: str) -> int:
    """Every test on SQLite, then on PostgreSQL what a browser does not need."""
    environment.set_up("development")
    system.ensure()
    own = environment.variables(PASSERELLE_TEST_CHROMIUM=system.chromium() or "")
    own.pop("DJANGO_SETTINGS_MODULE", None)
    for name in [name for name in own if name.startswith("PASSERELLE_") and "_TEST_" not in name]:
        del own[name]  # a setting of the shell must not decide what tests find
    lines, statuses = [], []
    for database in ("SQLite", "PostgreSQL"):
        say(f"\n── Tests on {database}")
        if database == "SQLite":
            status, line = _pytest(own, *arguments)
        else:
            with throw_away() as address:
                status, line = _pytest(own | {"PASSERELLE_TEST_DATABASE_URL": address}, "-m", "not browser", *arguments)
            if status == NO_TESTS and statuses == [0]:
                status = 0
        statuses.append(status)
        lines.append(f"{database + ':':<12}{line}")
        if status not in {0, 1, NO_TESTS}:  # interrupted, or pytest could not start: the second run tells nothing new
            break
    print("\n" + "\n".join(lines), flush=True)
    return next((status for status in statuses if status), 0)


def _pytest(own: dict[str, str], *arguments: str) -> tuple[int, str]:
    """Run pytest and answer its exit status and closing line. Its output goes through as it comes."""
    command = [PYTHON, "-m", "pytest", "-n", "2", *(["--color=yes"] if sys.stdout.isatty() else []), *arguments]
    last = "no result"
    with subprocess.Popen(command, cwd=ROOT, env=own, stdout=subprocess.PIPE, text=True, errors="replace") as process:
        assert process.stdout
        try:
            for line in process.stdout:
                print(line, end="", flush=True)
                bare = re.sub(r"\x1b\[[0-9;]*m", "", line).strip("= \n")
                if re.search(r"\bin \d+\.\d+s\b", bare) or bare.startswith("no tests ran"):
                    last = bare
        except KeyboardInterrupt:
            process.wait()
            raise
    return process.returncode, last


def check(*arguments: str) -> int:
    """Everything the integration server asks. All checks run, so that one run tells all there is to mend."""
    began = time.monotonic()
    environment.set_up("development")
    own = environment.of_the_portal(
        PASSERELLE_DATA_DIR=os.environ.get("PASSERELLE_DATA_DIR") or str(ROOT / "var" / "check")
    )
    failed = [name for name, command in CHECKS.items() if not _passes(name, command, own)]
    status = test(*arguments)
    if status:
        failed.append("tests")
    minutes, seconds = divmod(round(time.monotonic() - began), 60)
    print(
        f"\nChecked in {minutes} min {seconds:02} s: " + (f"failed: {', '.join(failed)}" if failed else "all is well")
    )
    return 1 if failed else 0


def _passes(name: str, command: list[str], own: dict[str, str]) -> bool:
    start = time.monotonic()
    program = str(environment.VENV / "bin" / command[0])
    done = subprocess.run(
        [program, *command[1:]],
        cwd=ROOT,
        env=own,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    print(f"{name:<18}{'failed' if done.returncode else 'ok':<8}{time.monotonic() - start:5.1f} s", flush=True)
    if done.returncode:
        print((done.stdout + done.stderr).strip() + "\n", flush=True)
    return done.returncode == 0
