"""docs/generated is printed from the tables of the code; these tests compare the two.

To print it anew: PASSERELLE_WRITE_DOCS=1 ./passerelle run python -m pytest tests/test_generated.py
"""

from __future__ import annotations

import ast
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from passerelle.accounts.enums import MOVES as LOGIN_MOVES
from passerelle.accounts.enums import LoginState
from passerelle.audit.tags import Tag
from passerelle.core.powers import POWERS, Role, Verb
from passerelle.opening.enums import MOVES, OpeningState, Step
from tests import tree
from tests.tree import BUSINESS, ROOT, modules, parsed

FOLDER = ROOT / "docs" / "generated"
HEAD = "This page is printed from {source} by `tests/test_generated.py`. Change it there.\n\n"


def _table(*rows: list[str]) -> str:
    head, *body = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([head, f"|{' --- |' * len(rows[0])}", *body]) + "\n"


def powers() -> str:
    rows = [[f"`{verb.value}`", *("yes" if verb in POWERS[role] else "" for role in Role)] for verb in Verb]
    body = _table(["power", *(role.value for role in Role)], *rows)
    return "# Powers of the staff\n\n" + HEAD.format(source="`src/passerelle/core/powers.py`") + body


def states() -> str:
    drawing = ["```mermaid", "stateDiagram-v2", f"    [*] --> {OpeningState.TO_VERIFY.value}"]
    drawing.append(f"    [*] --> {OpeningState.AWAITING.value}")
    rows = []
    for state, moves in MOVES.items():
        for step, to in moves.items():
            drawing.append(f"    {state.value} --> {to.value}: {step.value}")
            rows.append([f"`{state.value}`", f"`{step.value}`", str(Step(step).label), f"`{to.value}`"])
        if not moves:
            drawing.append(f"    {state.value} --> [*]")
    drawing.append("```")
    logins = [[f"`{state.value}`", ", ".join(f"`{to.value}`" for to in LoginState if to in moves) or "nothing"]
              for state, moves in LOGIN_MOVES.items()]  # fmt: skip
    return (
        "# States\n\n"
        + HEAD.format(source="`src/passerelle/opening/enums.py` and `src/passerelle/accounts/enums.py`")
        + "## An opening\n\n" + "\n".join(drawing) + "\n\n"
        + _table(["from", "step", "meaning", "to"], *rows)
        + "\n## A login\n\n" + _table(["from", "may become"], *logins)
    )  # fmt: skip


def events() -> str:
    rows = [[f"`{tag.value}`", *tag.value.split(":")] for tag in Tag]
    body = _table(["tag", "source", "subject", "action"], *rows)
    return "# Events of the trail\n\n" + HEAD.format(source="`src/passerelle/audit/tags.py`") + body


def mails() -> str:
    """The functions of the mails.py files with the first sentence of what they promise."""
    rows = []
    for app in BUSINESS:
        for path in modules(app):
            if "mails" not in {path.stem, path.parent.name}:
                continue
            for node in parsed(path).body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                    promise = (ast.get_docstring(node) or "").partition("\n")[0]
                    rows.append([f"`{app}/{node.name}`", promise.replace("|", "\\|")])
    return "# Mails\n\n" + HEAD.format(source="the `mails.py` files") + _table(["mail", "to whom and what for"], *rows)


def pages() -> str:
    rows = [[f"`{page.address}`", f"`{page.name}`" if page.name else "", page.who] for page in tree.pages()]
    text = "# Pages and who may open them\n\n" + HEAD.format(source="the URL configuration")
    return text + _table(["address", "name", "open to"], *rows)


PAGES: dict[str, Callable[[], str]] = {
    "powers.md": powers,
    "states.md": states,
    "events.md": events,
    "mails.md": mails,
    "pages.md": pages,
}


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_what_the_code_says(name: str) -> None:
    path, wanted = FOLDER / name, PAGES[name]()
    if os.environ.get("PASSERELLE_WRITE_DOCS"):
        FOLDER.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == wanted, "print it anew with PASSERELLE_WRITE_DOCS=1"


def test_no_other_page_lies_among_them() -> None:
    assert {path.name for path in Path(FOLDER).iterdir()} == set(PAGES)
