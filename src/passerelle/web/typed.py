"""What a sent form holds that may be shown again: everything but secrets, and what only counts once."""

from __future__ import annotations

import re

from django.http import HttpRequest

# Never put back into a page. Forms keep “password” in such a field's name.
DROPPED = re.compile(
    r"password|passphrase|secret|one_time|recovery_code|authenticator|passkey|credential|^code$|^altcha$|^csrf|^_switch$",
    re.I,
)
_NOBODY_TYPES = re.compile("^csrf|^altcha$|^_switch$", re.I)


def typed(request: HttpRequest, most: int) -> tuple[list[tuple[str, str]], bool]:
    """The fields in order, and whether something that was typed is left out. None at all if they are longer than
    `most` characters: half of what somebody wrote looks like the whole of it."""
    kept: list[tuple[str, str]] = []
    left_out = False
    room = most
    for name, values in request.POST.lists():
        if DROPPED.search(name):
            left_out = left_out or not _NOBODY_TYPES.search(name)
            continue
        for value in map(str, values):
            room -= len(value)
            if room < 0:
                return [], left_out
            kept.append((name, value))
    return kept, left_out
