"""What nobody types: bytes as they arrive in a form, already percent-encoded."""

from __future__ import annotations

from urllib.parse import quote

HOSTILE: dict[str, str] = {
    "nothing": "",
    "null": "A%00B",
    "only nulls": "%00" * 20,
    "control": "".join(f"%{code:02X}" for code in range(1, 32)),
    "c1 controls": quote("".join(chr(code) for code in range(0x7F, 0xA0))),
    "line break": "A%0D%0ABcc:%20evil@x.example",
    "line separator": quote("A\u2028B\u2029C"),
    "invalid utf-8": "%FF%FE%C0%AF",
    "a lone surrogate": "%ED%A0%80",
    "half a character": "%C3",
    "bidi": quote("\u202eABC\u2066\u200f"),
    "no width": quote("\u200b\ufeff\u2060"),
    "100 kB": "A" * 100_000,
    "100 kB of wide letters": quote("ß" * 34_000),
    "expands": quote("\ufdfa" * 90 + "ŉ" * 50 + "ﬃ" * 30),
    "zalgo": quote("Z" + "\u0301" * 500),
    "emoji": quote("👩‍👩‍👧‍👦" * 20),
    "markup": quote("<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"),
    "template": quote("{{ 7*7 }}{% load x %}${7*7}#{7*7}%(name)s%s%n{0}"),
    "sql": quote("' OR 1=1; DROP TABLE accounts_person; --"),
    "wildcards": quote("%_%_\\%"),
    "address with a break": quote("a@b.example\nBcc: c@d.example"),
    "two addresses": quote("a@b.example,c@d.example"),
    "address with a comment": quote('"a b"(c)@[127.0.0.1]'),
    "long address": "a" * 300 + "%40b.example",
    "look-alike": quote("АВ12СD"),
    "wide digits": quote("ＡＢ１２ＣＤ"),
    "a huge number": "9" * 6000,
    "not a number": "NaN",
    "a path": quote("../../etc/passwd\x00.png"),
    "json": quote('{"$ne": null}'),
}  # fmt: skip
