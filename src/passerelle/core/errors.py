"""Refusals of actions. A door turns one into a form error or a page that says what happened."""

from __future__ import annotations


class Refused(Exception):
    """An action was refused; nothing was changed.

    `code` is stable and is what tests and doors look at. `field` names the form field to mend, if there is one.
    `facts` are values for the message (names, instants), never secrets.
    """

    def __init__(self, code: str, *, field: str = "", **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.facts = facts
