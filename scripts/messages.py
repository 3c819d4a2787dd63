"""Catalogues of translations without GNU gettext.

    ./passerelle run python scripts/messages.py update          take new sentences in, drop those that have gone
    ./passerelle run python scripts/messages.py check           what is missing, doubtful or badly written
    ./passerelle run python scripts/messages.py compile [FILE…]

The sources are English. A sentence that has changed is a new one: nothing is guessed from a similar one, so what is
marked fuzzy was marked by hand.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

import django
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize
from spelling import faults

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "passerelle"
LANGUAGES = ("fr",)
KEYWORDS: dict[str, tuple[object, ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
CALL = re.compile(r"\b(n?p?gettext|_)\(")


def path_of(language: str) -> Path:
    return SOURCE / "locale" / language / "LC_MESSAGES" / "django.po"


# ---------------------------------------------------------------- what the sources say


def extracted() -> Catalog:
    """Every sentence of the sources, with the files it stands in."""
    catalogue = Catalog(project="Passerelle", charset="utf-8")
    for path in sorted(SOURCE.rglob("*.py")):
        if "migrations" not in path.parts:
            for function, sentences, comments in _of_python(path):
                _add(catalogue, function, sentences, path, comments)
    for path in sorted((SOURCE / "templates").rglob("*")):
        if path.suffix in {".html", ".txt"}:
            for function, sentences in _of_template(path.read_text("utf-8"), str(path)):
                _add(catalogue, function, sentences, path, [])
    return catalogue


def _of_python(path: Path) -> Iterator[tuple[str, list[str], list[str]]]:
    with path.open("rb") as file:
        for _line, function, sentences, comments in extract_python(file, KEYWORDS, ["Translators:"], {}):
            given = [sentences] if isinstance(sentences, str) else list(sentences or ())
            if not given:  # a name or an expression: what it holds is marked where it is written
                continue
            if all(isinstance(sentence, str) for sentence in given[: _arity(str(function))]):
                yield str(function), given, comments


def _of_template(text: str, origin: str) -> Iterator[tuple[str, list[str]]]:
    """Django turns a template into something that looks like calls; each is read by itself, as it is not Python."""
    code = templatize(text, origin=origin)
    for found in CALL.finditer(code):
        call = _whole_call(code[found.start() :])
        if call is not None:
            arguments = [part.value for part in call.args if isinstance(part, ast.Constant)]
            yield found.group(1), [part for part in arguments if isinstance(part, str)]


def _whole_call(code: str) -> ast.Call | None:
    """The call that `code` begins with, up to its closing bracket."""
    depth, lines = 0, code.splitlines(keepends=True)
    try:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            if token.type == tokenize.OP and token.string in "()":
                depth += 1 if token.string == "(" else -1
                if depth == 0:
                    row, column = token.end
                    parsed = ast.parse("".join([*lines[: row - 1], lines[row - 1][:column]]), mode="eval").body
                    return parsed if isinstance(parsed, ast.Call) else None
    except (tokenize.TokenError, SyntaxError):
        pass
    return None


def _arity(function: str) -> int:
    shape = KEYWORDS[function]
    return len(shape) if shape else 1


def _add(catalogue: Catalog, function: str, sentences: list[str], path: Path, comments: list[str]) -> None:
    context = None
    if "pgettext" in function:
        context, *sentences = sentences
    plural = "ngettext" in function or "npgettext" in function
    if not sentences or not sentences[0]:
        return
    words = (sentences[0], sentences[1]) if plural else sentences[0]
    place = path.relative_to(ROOT).as_posix()
    catalogue.add(words, locations=[(place, 0)], auto_comments=comments, context=context)


# ---------------------------------------------------------------- update, check, compile


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3])


def update(language: str) -> None:
    path, wanted = path_of(language), extracted()
    path.parent.mkdir(parents=True, exist_ok=True)
    catalogue = read(path) if path.exists() else Catalog(locale=language, project="Passerelle", charset="utf-8")
    made = catalogue.creation_date
    catalogue.update(wanted, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.version, catalogue.msgid_bugs_address = "", ""
    catalogue.last_translator, catalogue.language_team = "", ""
    catalogue.fuzzy = False
    catalogue.creation_date = made  # a date that changes each time would only bring conflicts
    catalogue.header_comment = f"# {language}: the sentences of Passerelle. Made by scripts/messages.py update."
    for message in catalogue:
        message.locations = sorted({(place, None) for place, _line in message.locations})
    with path.open("wb") as file:
        write_po(file, catalogue, width=110, sort_by_file=True, include_lineno=False, ignore_obsolete=True)
    missing = sum(not _is_complete(message) for message in _sentences(catalogue))
    print(f"{path.relative_to(ROOT)}: {len(catalogue)} sentences, {missing} missing")


def _sentences(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def _is_complete(message: Message) -> bool:
    return all(message.string) if isinstance(message.string, list | tuple) else bool(message.string)


def _key(message: Message) -> tuple[str | None, str]:
    return message.context, message.id if isinstance(message.id, str) else message.id[0]


def check(language: str) -> list[str]:
    path = path_of(language)
    if not path.exists():
        return [f"{path.relative_to(ROOT)} does not exist: run messages.py update"]
    catalogue, sources = read(path), extracted()
    there = {_key(message): message for message in _sentences(catalogue)}
    wanted = {_key(message) for message in _sentences(sources)}
    found = [f"not in the catalogue: {sentence!r}" for _context, sentence in sorted(wanted - there.keys(), key=str)]
    found += [
        f"no longer in the sources: {sentence!r}" for _context, sentence in sorted(there.keys() - wanted, key=str)
    ]
    for message in there.values():
        sentence = _key(message)[1]
        if message.fuzzy:
            found.append(f"marked fuzzy: {sentence!r}")
        if not _is_complete(message):
            found.append(f"missing: {sentence!r}")
        else:
            found += [f"{fault}: {sentence!r}" for fault in faults(message, language)]
    return [f"{language}: {line}" for line in found]


def compile_catalogue(path: Path) -> None:
    target = path.with_suffix(".mo")
    half = target.with_suffix(".mo.new")
    with half.open("wb") as file:
        write_mo(file, read(path))
    half.replace(target)  # a server that starts at this moment reads the old file or the new one, never half of it


def main(arguments: list[str]) -> int:
    if not settings.configured:
        settings.configure(USE_I18N=True)
        django.setup()
    match arguments:
        case ["update"]:
            for language in LANGUAGES:
                update(language)
        case ["check"]:
            found = [line for language in LANGUAGES for line in check(language)]
            print(
                "\n".join(
                    [*found, f"{len(found)} faults in the catalogues" if found else "The catalogues are complete."]
                )
            )
            return 1 if found else 0
        case ["compile", *files]:
            for path in [Path(name) for name in files] or [path_of(language) for language in LANGUAGES]:
                compile_catalogue(path)
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
