"""What a failure to send means: for good or for now, of this message or of the mail server."""

from __future__ import annotations

import re
import smtplib
from dataclasses import dataclass

from django.conf import settings

_LONG_WORD = re.compile(r"[A-Za-z0-9_~+/=-]{24,}")
_ADDRESS = re.compile(r"(?i)\b[a-z][a-z0-9+.-]*://\S+")


@dataclass(frozen=True, slots=True)
class Answer:
    """`for_good`: this message is refused. `server_away`: no other message would fare better just now."""

    words: str
    for_good: bool = False
    server_away: bool = False


def judge(error: Exception, *, connecting: bool) -> Answer:
    """Read an error of Django's mail backend.

    For good is only a 5xx answer about this recipient or this content. A 5xx about us (login, sender) is a fault of
    the settings: it is tried again, so that nothing is lost while it is being mended.
    """
    code, text = 0, str(error) or type(error).__name__
    if isinstance(error, smtplib.SMTPRecipientsRefused) and error.recipients:
        code, reason = next(iter(error.recipients.values()))
        text = _text(reason)
        return Answer(_words(code, text), for_good=500 <= code < 600, server_away=code == 421)
    if isinstance(error, smtplib.SMTPResponseException):
        code, text = error.smtp_code, _text(error.smtp_error)
        too_big = isinstance(error, smtplib.SMTPSenderRefused) and code == 552
        if (isinstance(error, smtplib.SMTPDataError) and 500 <= code < 600) or too_big:
            return Answer(_words(code, text), for_good=True)
        ours = isinstance(error, (smtplib.SMTPSenderRefused, smtplib.SMTPAuthenticationError))
        return Answer(_words(code, text), server_away=connecting or ours or code == 421)
    if isinstance(error, TimeoutError) or "timed out" in text:  # smtplib reports a wait for an answer as a lost line
        text = "the mail server did not answer in time"
    return Answer(_words(code, text), server_away=connecting)


def _text(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)


def _words(code: int, text: str) -> str:
    """The server's words, shortened, without anything that could be a link, a token or a password."""
    if settings.EMAIL_HOST_PASSWORD:
        text = text.replace(settings.EMAIL_HOST_PASSWORD, "…")
    text = _LONG_WORD.sub("…", _ADDRESS.sub("…", text))
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return f"{code} {text}"[:300].strip() if code else text[:300]
