"""Calls to the provider: five seconds at most, no redirect followed, no more read than such an answer can be long."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPException, HTTPResponse
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)

from django.conf import settings

PATIENCE = 5.0
MOST = 256 * 1024
_PIECE = 16 * 1024
_making = threading.Lock()
_places_made: list[threading.BoundedSemaphore] = []


class Away(Exception):
    """The provider does not answer, or with nothing that can be read. The text says why, for logs and the doctor."""


class Declined(Exception):
    """The provider answered no: what was sent, a code for instance, does not count with it."""


def ask(address: str, *, body: str = "", headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The JSON object at an address, asked with POST where there is a body. Raises `Away` and `Declined`."""
    sent = Request(  # noqa: S310  the schemes are those of the handlers below
        address, data=body.encode("ascii") if body else None, headers={"Accept": "application/json", **(headers or {})}
    )
    with _place():
        try:
            with _opener(address).open(sent, timeout=PATIENCE) as answer:
                text = _read(answer)
        except HTTPError as error:
            with error:
                if 400 <= error.code < 500:
                    raise Declined(f"{address} answers {error.code}") from None
                raise Away(f"{address} answers {error.code}") from None
        except (OSError, HTTPException, ValueError) as error:
            raise Away(f"{address}: {type(error).__name__}: {' '.join(str(error).split())[:200]}") from None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Away(f"{address} answers no JSON object")
    return found


def _read(answer: HTTPResponse) -> bytes:
    """The body, within the time and the length that such an answer may have."""
    until, text = time.monotonic() + PATIENCE, b""
    while piece := answer.read1(_PIECE):
        text += piece
        if len(text) > MOST:
            raise Away(f"more than {MOST} bytes were sent")
        if time.monotonic() > until:
            raise TimeoutError("the answer took too long")
    return text


def _opener(address: str) -> OpenerDirector:
    """HTTP and HTTPS and nothing else; through the machine's proxy, unless the provider runs on this machine.

    No handler follows redirects: an answer with one is an error like any other.
    """
    local = urlsplit(address).hostname in {"localhost", "127.0.0.1", "::1"}
    opener = OpenerDirector()
    for handler in (
        ProxyHandler({} if local else None), HTTPHandler(), HTTPSHandler(), HTTPErrorProcessor(),
        HTTPDefaultErrorHandler(),
    ):  # fmt: skip
        opener.add_handler(handler)
    return opener


@contextmanager
def _place() -> Iterator[None]:
    """Half of the threads at most wait for the provider, so that pages stay quick while it is slow."""
    with _making:
        if not _places_made:
            _places_made.append(threading.BoundedSemaphore(max(1, settings.PASSERELLE_WEB_THREADS // 2)))
    places = _places_made[0]
    if not places.acquire(timeout=1):
        raise Away("too many calls are under way")
    try:
        yield
    finally:
        places.release()
