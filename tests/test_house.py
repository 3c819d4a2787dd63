"""The rules of the house that import-linter and ruff cannot see (docs/architecture.md, House rules)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.db.models import ForeignKey, ManyToManyField

from passerelle.audit.tags import Tag
from tests import tree
from tests.tree import BUSINESS, DOORS, ROOT, SOURCE, TEMPLATES, modules, parsed, shown, text

LONGEST = 400
KINDS = {"enums", "models", "rules", "queries", "mails", "actions", "tasks", "apps", "migrations", "management"}
PLUGS = {"accounts": {"backend", "hashers", "sessions", "demonstration"}}  # what Django asks for by name
BANNED = re.compile(r"^(utils?|helpers?|services?|managers?|signals?|common|misc)(\.py)?$")


# ---------------------------------------------------------------- floors and files


def test_foreign_keys_point_to_the_same_app_or_a_lower_floor() -> None:
    floors, wrong = tree.floors(), []
    for model in apps.get_models():
        if not model.__module__.startswith("passerelle."):
            continue
        own = model._meta.app_label
        for field in model._meta.get_fields():
            if not isinstance(field, ForeignKey | ManyToManyField) or field.related_model is None:
                continue
            other = field.related_model
            label = other._meta.app_label
            if other.__module__.startswith("passerelle.") and label != own and floors[label] <= floors[own]:
                wrong.append(f"{own}.{model.__name__}.{field.name} → {label}")
    assert not wrong


def test_business_apps_hold_only_the_known_kinds_of_files() -> None:
    wrong = []
    for app in BUSINESS:
        known = KINDS | PLUGS.get(app, set()) | {"__init__", "__pycache__"}
        if (SOURCE / app).is_dir():
            wrong += [shown(path) for path in (SOURCE / app).iterdir() if path.stem not in known]
    assert not wrong


def test_no_file_is_a_drawer_for_leftovers() -> None:
    assert not [
        shown(path) for path in tree.tracked() if any(BANNED.match(part) for part in path.relative_to(ROOT).parts)
    ]


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    kinds = {".py", ".html", ".css", ".scss", ".js", ".mjs", ".typ"}
    measured = [path for path in tree.tracked() if path.suffix in kinds and "migrations" not in path.parts]
    assert not {shown(path): lines for path in measured if (lines := text(path).count("\n")) > LONGEST}


def test_core_stays_small() -> None:
    assert sum(text(path).count("\n") for path in modules("core")) <= 500


def test_addresses_of_pages_are_made_in_doors_and_in_mail_links_only() -> None:
    below = [folder for folder in tree.floors() if folder not in {*DOORS, "config", "content"}]
    wrong = []
    for path in (path for folder in below if (SOURCE / folder).is_dir() for path in modules(folder)):
        if shown(path).endswith("mail/links.py"):
            continue
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.ImportFrom) and node.module == "django.urls":
                wrong += [f"{shown(path)}: {name.name}" for name in node.names if name.name.startswith("reverse")]
    assert not wrong


def test_only_one_place_reads_the_time() -> None:
    wrong = []
    for path in modules():
        if shown(path).endswith("core/clock.py"):
            continue
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Attribute) and node.attr in {"now", "utcnow", "today"}:
                owner = ast.unparse(node.value)
                if owner in {"timezone", "datetime", "date", "datetime.datetime", "datetime.date"}:
                    wrong.append(f"{shown(path)}:{node.lineno}: {ast.unparse(node)}")
    assert not wrong


# ---------------------------------------------------------------- writes


def _writes(path: Path) -> Iterator[str]:
    """Calls that change rows. `cache.delete(key)`, `dict.update(…)` and files of a storage look alike and are not."""
    for node in ast.walk(parsed(path)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        name, chain = node.func.attr, ast.unparse(node.func.value)
        on_rows = ".objects" in chain or re.search(r"\.(filter|exclude|all|get)\(", chain) is not None
        if (
            name in {"bulk_create", "bulk_update", "get_or_create", "update_or_create"}
            or (name in {"create", "update"} and on_rows)
            or (name in {"save", "delete"} and not node.args)
        ):
            yield f"{shown(path)}:{node.lineno}: {chain}.{name}(…)"


def test_doors_write_nothing() -> None:
    assert not [line for path in modules(*DOORS) for line in _writes(path)]


def test_rules_and_queries_write_nothing() -> None:
    asked = [path for app in BUSINESS for path in modules(app) if {"rules", "queries"} & {path.stem, path.parent.name}]
    assert not [line for path in asked for line in _writes(path)]


def _bases(node: ast.ClassDef) -> str:
    return " ".join(ast.unparse(base) for base in node.bases)


def test_models_do_not_override_saving() -> None:
    wrong = []
    for path in modules():
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.ClassDef) and path.stem in {"models", "forms"} and "QuerySet" not in _bases(node):
                methods = [item for item in node.body if isinstance(item, ast.FunctionDef)]
                wrong += [
                    f"{shown(path)}: {node.name}.{item.name}" for item in methods if item.name in {"save", "delete"}
                ]
    assert not wrong


def test_actions_take_keywords_and_are_told_who_acts_and_when() -> None:
    wrong = []
    for app in BUSINESS:
        for path in modules(app):
            if "actions" not in {path.stem, path.parent.name}:
                continue
            for node in parsed(path).body:
                if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                    continue
                if any(ast.unparse(mark).startswith("transaction.atomic") for mark in node.decorator_list):
                    names = {argument.arg for argument in node.args.kwonlyargs}
                    if node.args.args or node.args.posonlyargs or not {"actor", "now"} <= names:
                        wrong.append(f"{shown(path)}: {node.name}")
    assert not wrong


# ---------------------------------------------------------------- mails, trail


def _mail_kinds() -> set[str]:
    """The kinds that mails.py files queue: written whole, or behind the prefix of the app's own sender."""
    kinds = set()
    for app in BUSINESS:
        for path in modules(app):
            if "mails" not in {path.stem, path.parent.name}:
                continue
            for node in ast.walk(parsed(path)):
                if isinstance(node, ast.Call) and node.args:
                    called = ast.unparse(node.func)
                    words = [part.value for part in ast.walk(node.args[0]) if isinstance(part, ast.Constant)]
                    if called == "outbox.queue" and not isinstance(node.args[0], ast.JoinedStr):
                        kinds.update(str(word) for word in words)
                    elif called == "_send":
                        kinds.update(f"{app}/{word}" for word in words)
    return kinds


def test_every_mail_has_its_three_templates_and_every_template_its_mail() -> None:
    folder = TEMPLATES / "mails"
    wanted = {f"{kind}/{part}" for kind in _mail_kinds() for part in ("subject.txt", "text.txt", "body.html")}
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {name for name in there if name.count("/") == 2} == wanted
    assert _mail_kinds()


def test_every_tag_is_written_by_some_action() -> None:
    source = "".join(text(path) for path in modules() if path.name not in {"tags.py", "history.py"})
    assert not [tag.name for tag in Tag if not re.search(rf"\bTag\.{tag.name}\b", source)]


def test_every_tag_is_expected_by_some_test() -> None:
    tests = "".join(text(path) for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__))
    assert not [tag.name for tag in Tag if not re.search(rf"\bTag\.{tag.name}\b", tests) and tag.value not in tests]


# ---------------------------------------------------------------- templates and addresses


def test_no_template_is_unused() -> None:
    sources = "".join(text(path) for path in modules())
    pages = "".join(text(path) for path in tree.templates())
    unused = []
    for path in tree.templates():
        name = path.relative_to(TEMPLATES).as_posix()
        if name.startswith("mails/") and name.count("/") == 3:
            continue  # the test of the mails knows these
        element = f"<c-{path.stem}" if name.startswith("elements/") else ""
        used = (
            f'"{path.name if path.suffix == ".typ" else name}"' in sources
            or f'"{name}"' in pages
            or f"'{name}'" in pages
        )
        if not used and not (element and re.search(rf"{re.escape(element)}[\s/>]", pages + sources)):
            unused.append(name)
    assert not unused


def test_every_address_that_a_page_names_exists() -> None:
    known = {page.name for page in tree.pages()}
    wrong = []
    for path in tree.templates():
        named = re.findall(r"{%\s*url\s+['\"]([\w:-]+)['\"]", text(path))
        wrong += [f"{shown(path)}: {name}" for name in named if name not in known]
    for path in modules(*DOORS):
        for node in ast.walk(parsed(path)):
            if (
                isinstance(node, ast.Call)
                and node.args
                and ast.unparse(node.func) in {"reverse", "redirect", "reverse_lazy"}
            ):
                first = node.args[0]
                if isinstance(first, ast.Constant) and ":" in str(first.value) and first.value not in known:
                    wrong.append(f"{shown(path)}: {first.value}")
    assert not [line for line in wrong if "gallery" not in line]  # the gallery exists in debug only


def test_every_page_is_closed_unless_it_is_marked_open() -> None:
    """The list itself is docs/generated/pages.md, so that opening a page shows in the change that does it."""
    closed = [page for page in tree.pages() if page.who != "everybody"]
    assert [page for page in closed if "/desk/" in page.address]
    assert not [page for page in tree.pages() if "/desk/" in page.address and not page.who.startswith("staff")]
