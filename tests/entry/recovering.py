"""Asking for a forgotten password, and what is read of the answer."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpResponse
from django.test import Client

from passerelle import brand
from passerelle.accounts import actions as accounts
from passerelle.accounts.enums import LoginState, StateReason
from passerelle.accounts.models import Person
from passerelle.core.actor import SYSTEM
from passerelle.mail import links
from passerelle.mail.models import Link, Message
from tests.conftest import NOW
from tests.entry.conftest import House, open_for, person

NEW = "nine green lamps hum softly"
HEADING = {
    "mail": {"en": "Look in your mailbox", "fr": "Regardez dans votre messagerie"},
    "other": {"en": "How you get in again", "fr": "Comment entrer à nouveau"},
    "none": {"en": "These three do not belong together", "fr": "Ces trois éléments ne vont pas ensemble"},
}


def policies(settings: Any, **changes: object) -> None:
    chosen = brand.current()
    settings.PASSERELLE_BRAND = chosen.model_copy(update={"policies": chosen.policies.model_copy(update=changes)})


def ask(
    client: Client, who: Person, *, cofor: str = "AB12CD", language: str = "en", email: str = "", login: str = ""
) -> HttpResponse:
    fields = {"email": email or who.email, "login": login or who.login, "cofor": cofor}
    return client.post(f"/{language}/forgotten-password/", fields)  # type: ignore[return-value]


def heading(answer: HttpResponse) -> str:
    found = re.search(r"<h1>(.*?)</h1>", answer.content.decode(), re.DOTALL)
    assert found
    return found[1].strip()


def user(house: House, email: str = "ugo@fournier.example") -> Person:
    made = person(email)
    open_for(house.company, made, plsa=False)
    return made


def state(who: Person, to: LoginState, reason: StateReason) -> Person:
    return accounts.change_state(person_id=who.pk, to=to, reason=reason, actor=SYSTEM, now=NOW)


def mails(kind: str) -> int:
    return Message.objects.filter(kind=f"entry/{kind}").count()


def plain(content: bytes) -> bytes:
    """The page without what must differ: the token of the form, and the number of the try."""
    text = re.sub(rb'name="csrfmiddlewaretoken" value="[^"]+"', b"", content)
    return re.sub(rb"\b\d{4} \d{4}\b", b"NUMBER", text)


def link_of(house: House) -> str:
    ask(house.client, house.plsa)
    return f"/en/forgotten-password/choose/{links.token(Link.objects.get(purpose='recovery', superseded_at=None))}/"
