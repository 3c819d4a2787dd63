"""Files that mails carry, read when the mail leaves. The apps that own them say how, when Django starts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple


class Attachment(NamedTuple):
    filename: str
    content_type: str
    content: bytes


Reader = Callable[[str], tuple[str, str, bytes]]

_READERS: dict[str, Reader] = {}


def register(source: str, reader: Reader) -> None:
    """Name the function that answers (file name, content type, bytes) for the keys of a source."""
    _READERS[source] = reader


def read(reference: Mapping[str, str]) -> Attachment:
    """The file of a {"source", "key"} pair."""
    source = reference["source"]
    if source not in _READERS:
        raise LookupError(f"nobody registered how to read attachments of {source!r}")
    return Attachment(*_READERS[source](reference["key"]))
