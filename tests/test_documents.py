"""What the documents promise can be followed: links lead somewhere, commands and settings exist."""

from __future__ import annotations

import re
import subprocess

import pytest

from passerelle.config.env import Environment
from tests import tree
from tests.tree import ROOT, shown, text

DOCUMENTS = [path for path in tree.tracked() if path.suffix == ".md" and not {"brands", "src"} & set(path.parts)]
# Read by the start scripts, by the brand (PASSERELLE_LIMIT_…) or by tests, not by config.env.
OTHER = {"PYTHON", "WEB_HOST", "WEB_PORT", "WEB_WORKERS", "WEB_THREADS", "PROFILE", "WRITE_DOCS", "TEST_DATABASE_URL"}


@pytest.mark.parametrize("path", DOCUMENTS, ids=shown)
def test_every_link_of_a_document_leads_somewhere(path: object) -> None:
    assert hasattr(path, "parent")
    links = re.findall(r"\]\(([^)#\s]+)", text(path))  # type: ignore[arg-type]
    assert not [link for link in links if ":" not in link and not (path.parent / link).exists()]


def test_every_setting_stands_in_the_operations_page_and_the_reverse() -> None:
    page = text(ROOT / "docs" / "operations.md")
    named = set(re.findall(r"PASSERELLE_([A-Z_]+)\b", page))
    known = {name.upper() for name in Environment.model_fields}
    assert known <= named
    assert not named - known - OTHER


def test_every_command_that_the_documents_name_exists() -> None:
    script = str(ROOT / "passerelle")
    usage = subprocess.run([script, "help"], capture_output=True, text=True, check=True).stdout
    known = set(re.findall(r"\./passerelle ([a-z-]+)", usage)) | {"help"}
    named = {word for path in DOCUMENTS for word in re.findall(r"\./passerelle ([a-z-]+)", text(path))}
    assert named
    assert named <= known


def test_the_command_refuses_what_it_does_not_know() -> None:
    done = subprocess.run([str(ROOT / "passerelle"), "dance"], capture_output=True, text=True, check=False)
    assert (done.returncode, "no command 'dance'" in done.stderr) == (2, True)
