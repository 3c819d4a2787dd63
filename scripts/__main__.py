"""./passerelle COMMAND: what it does stands here; how it is done stands in the files beside this one.

Runs on a bare Python 3.11 or newer: only the standard library, because this is what makes the environment.
"""

from __future__ import annotations

import os
import sys

import demonstration
import environment
import testing
from say import Stop

USAGE = """\
Passerelle, a supplier portal.

    ./passerelle demo [--port 8000] [--fresh]      try it: everything is set up, then web and worker run
    ./passerelle test [pytest arguments]           every test, on SQLite and on PostgreSQL
    ./passerelle check                             format, lint, types, contracts, catalogues, templates, then test
    ./passerelle serve [--host …] [--port …]       the web server of a production
    ./passerelle worker                            the background worker of a production
    ./passerelle migrate                           bring the database up to date
    ./passerelle manage COMMAND …                  Django's management commands
    ./passerelle import-suppliers FILE [--dry-run] [--accept-valid] [--format json]
    ./passerelle doctor [--json]                   examine the installation, say what to do
    ./passerelle run COMMAND …                     any tool in the project's environment

Settings are read from the environment: docs/operations.md lists them."""


def manage(*arguments: str) -> None:
    """Become Django's command line."""
    environment.set_up()
    environment.become(environment.of_the_portal(), environment.PYTHON, "-m", "django", *arguments)


def migrate(*arguments: str) -> None:
    """Django's migrate, and after a plain run the table of the cache."""
    if arguments:
        manage("migrate", *arguments)
    manage("prepare", "--database")


def run(*command: str) -> None:
    """Become a tool of the environment."""
    if not command:
        raise Stop("Say what to run: ./passerelle run COMMAND …")
    environment.set_up("development")
    environment.become(environment.variables(), *command)


COMMANDS = {
    "demo": demonstration.demo,
    "serve": demonstration.serve,
    "test": testing.test,
    "check": testing.check,
    "migrate": migrate,
    "manage": manage,
    "run": run,
    "worker": lambda *arguments: manage("worker", *arguments),
    "doctor": lambda *arguments: manage("doctor", *arguments),
    "import-suppliers": lambda *arguments: manage("import_suppliers", *arguments),
}


def main(arguments: list[str]) -> int:
    name = arguments[0] if arguments else "help"
    if name in {"help", "--help", "-h"}:
        print(USAGE)
        return 0
    if name not in COMMANDS:
        print(f"There is no command {name!r}.\n\n{USAGE}", file=sys.stderr)
        return 2
    try:
        return COMMANDS[name](*arguments[1:]) or 0
    except Stop as stop:
        print(f"\n{stop}", file=sys.stderr)
        return stop.status
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    os.umask(os.umask(0o022) | 0o022)
    sys.exit(main(sys.argv[1:]))
