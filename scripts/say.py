"""What the commands say, on standard error, so that standard output stays the answer's."""

from __future__ import annotations

import sys


class Stop(Exception):
    """The command cannot go on. The message says what is wrong and what to do."""

    def __init__(self, message: str, status: int = 1) -> None:
        super().__init__(message)
        self.status = status


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
