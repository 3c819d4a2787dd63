"""How codes and numbers are read from what people type or files hold."""

from __future__ import annotations

import re

from passerelle import brand
from passerelle.core.verdict import Verdict, no, yes

_BLANKS = re.compile(r"[\s\u00a0\u202f\u2007\u200b]+")
_DUNS_SIGNS = re.compile(r"[\s\u00a0\u202f\u2007\-\u2010-\u2015.]+")


def normalise_cofor(text: str) -> str:
    """The code as it is stored: blanks removed, upper case. Says nothing about whether such a code can exist.

    Look-alikes of other alphabets are left as they are, so that they never match a real code.
    """
    code = _BLANKS.sub("", text)
    return code.upper() if code.isascii() else code


def check_cofor(text: str) -> Verdict:
    """Whether the text can be a COFOR of this brand: "ok", or why not.

    "cofor_missing", "cofor_length" or "cofor_characters"; the expected form is the brand's (`codes`).
    """
    code = normalise_cofor(text)
    codes = brand.current().codes
    if not code:
        return no("cofor_missing", actor="requester")
    if code.isascii() and re.fullmatch(codes.cofor_pattern, code):
        return yes()
    return no("cofor_length" if len(code) != codes.cofor_length else "cofor_characters", actor="requester")


def normalise_site(text: str) -> str:
    """A site code as it is stored: blanks removed, upper case."""
    return normalise_cofor(text)


def check_site(text: str) -> Verdict:
    """Whether the text can be a site code of this brand: "ok", "site_missing" or "site_characters"."""
    code = normalise_site(text)
    if not code:
        return no("site_missing", actor="requester")
    if not code.isascii() or not re.fullmatch(brand.current().codes.site_pattern, code):
        return no("site_characters", actor="requester")
    return yes()


def normalise_duns(text: str) -> str:
    """A D-U-N-S Number without blanks, hyphens and points."""
    return _DUNS_SIGNS.sub("", text)


def check_duns(text: str) -> Verdict:
    """Whether the text can be a D-U-N-S Number: nine digits, not all the same. It has had no check digit since 2006.

    "duns_missing", "duns_length", "duns_characters" or "duns_repeated" otherwise.
    """
    number = normalise_duns(text)
    if not number:
        return no("duns_missing", actor="requester")
    if not re.fullmatch(r"[0-9]+", number):
        return no("duns_characters", actor="requester")
    if len(number) != 9:
        return no("duns_length", actor="requester")
    if len(set(number)) == 1:
        return no("duns_repeated", actor="requester")
    return yes()
