"""What must not stand in the repository: names of organisations, hosts of others, paths of machines."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests import tree
from tests.tree import ROOT, SOURCE, shown, text

BINARY = {".png", ".jpg", ".ico", ".woff2", ".ttf", ".xlsx", ".pdf", ".gz", ".mo"}
# Reserved for documentation by RFC 2606 and RFC 5737, this machine, and the names of formats and licences.
HARMLESS = re.compile(
    r"(.*\.)?(example|test|invalid|localhost)$|.*\.example\.(com|org|net)$|127\.0\.0\.1$|\[::1\]$|\[\w*\]$"
    r"|(www\.)?w3\.org$|(www\.)?apache\.org$|schemas\..*|json-schema\.org$|spdx\.org$|keepachangelog\.com$|semver\.org$"
    r"|.*[{%$<…].*"
)
OWN = {"tests/test_tree.py"}


def _texts() -> list[tuple[str, str]]:
    found = [path for path in tree.tracked() if path.suffix not in BINARY and shown(path) not in OWN]
    return [(shown(path), text(path)) for path in found]


def test_no_organisation_is_named_in_the_sources() -> None:
    names = set()
    for path in (ROOT / "brands").glob("*/brand.toml"):
        organisation = tomllib.loads(text(path))["organisation"]
        for key in ("name", "short_name"):
            value = organisation.get(key, "")
            names |= set(value.values()) if isinstance(value, dict) else {value}
    words = {word.casefold() for name in names for word in [name, name.split()[0]] if len(word) > 3}
    assert words
    sources = [path for path in SOURCE.rglob("*") if path.suffix in {".py", ".html", ".txt", ".po", ".typ"}]
    found = [
        f"{shown(path)}: {word}"
        for path in sources
        for word in words
        if re.search(rf"\b{re.escape(word)}\b", text(path).casefold())
    ]
    assert not found


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(r"(?<![\w./}])/(root|home/\w+|work|Users/\w+)/", id="a path of a machine"),
        pytest.param(
            r"(registry\.npmjs|registry\.yarnpkg|files\.pythonhosted|\bpypi)\.org", id="the host of a registry"
        ),
        pytest.param(r"(?i)-----BEGIN [A-Z ]*PRIVATE KEY", id="a private key"),
    ],
)
def test_the_tree_names_no(pattern: str) -> None:
    assert not [f"{name}: {found.group()}" for name, body in _texts() if (found := re.search(pattern, body))]


def test_pages_and_mails_load_nothing_from_other_hosts() -> None:
    wrong = []
    for path in tree.tracked():
        if path.suffix in {".html", ".txt", ".css", ".scss", ".js", ".mjs", ".typ", ".svg"}:
            for host in re.findall(r"(?:https?:)?//([\w.\[\]:{%…-]+\.[\w]{2,}|\[[\w:]*\])", text(path)):
                if not HARMLESS.match(host):
                    wrong.append(f"{shown(path)}: {host}")
    assert not wrong


def test_built_and_secret_files_are_not_committed() -> None:
    banned = re.compile(
        r"(^|/)(node_modules|static/build|var|\.venv|__pycache__)/|\.(mo|sqlite3|pyc|pem|key)$|secret_key$"
    )
    assert not [name for path in tree.tracked() if banned.search(name := shown(path))]
