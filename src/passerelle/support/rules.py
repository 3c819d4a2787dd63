"""What may be written back to a stranger, and which of two messages are the same one."""

from __future__ import annotations

import hashlib
import re

from passerelle.core.actor import Actor, ActorKind
from passerelle.mail.addresses import fold

# Text that a mail reader would turn into a link, or that no name holds: an advertisement, not a person.
_NO_NAME = re.compile(r"[/@:\d]|\.\w{2,}|www", re.IGNORECASE)
_LONGEST_NAME = 80


def greeting_name(full_name: str) -> str:
    """The name to write in a mail to an address that nobody has confirmed; empty where it could carry a message.

    Without this the form would send anybody's sentence to anybody's mailbox in the organisation's name (decision 21).
    """
    return "" if len(full_name) > _LONGEST_NAME or _NO_NAME.search(full_name) else full_name


def may_have_copy_at_once(actor: Actor, *, registered_email: str, email: str) -> bool:
    """Whether the acknowledgement may hold the whole message: it goes to the signed-in sender's own mailbox."""
    signed_in = actor.kind in {ActorKind.PERSON, ActorKind.STAFF}
    return signed_in and bool(registered_email) and fold(registered_email) == fold(email)


def submission_mark(mark: str, *parts: str) -> str:
    """What `Ticket.submission` holds: the mark of the form and what was typed in it.

    A double click sends both again and is one ticket; a second message from the same page, after going back and
    writing something else, differs in what was typed and is kept as well.
    """
    digest = hashlib.sha256()
    for part in (mark, *parts):
        digest.update(part.encode("utf-8", "surrogatepass"))
        digest.update(b"\x1f")
    return digest.hexdigest()
