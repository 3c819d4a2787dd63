"""The mailboxes of the people: mails leave as the worker lets them, and are read on the mailbox page."""

from __future__ import annotations

import re
from typing import Any

from passerelle.jobs.worker import run_batch
from tests.browser.window import Window


def mails(window: Window, to: str) -> list[dict[str, Any]]:
    """What lies in a mailbox once the worker has run, newest first."""
    run_batch(["mail"])
    answer = window.page.request.get(f"{window.site}/demo/mailbox.json", params={"to": to})
    assert answer.ok
    return list(answer.json())


def link(window: Window, to: str, part: str) -> str:
    """The address in the newest mail to somebody that leads to such a page."""
    letters = mails(window, to)
    found = [address for mail in letters for address in re.findall(r"https?://\S+", mail["text"]) if part in address]
    assert found, f"no link to {part} for {to}: {[mail['subject'] for mail in letters]}"
    assert found[0].startswith(f"{window.site}/{window.words.language}/")
    return str(found[0])


def login(window: Window, to: str) -> str:
    """The login in the newest mail that tells one."""
    for mail in mails(window, to):
        if found := re.search(r"\bV[2-9A-HJ-NP-Z]{7}\b", mail["text"]):
            return found.group()
    raise AssertionError(f"no login for {to}")
