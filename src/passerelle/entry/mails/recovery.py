"""The mails of a forgotten login or password, one function each. They always go to the registered address (D8, D9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from passerelle.accounts.models import Person
from passerelle.core.actor import Actor
from passerelle.mail import outbox
from passerelle.mail.models import Link, Message


def _send(
    kind: str, person: Person, *, now: datetime, link: Link | None = None, sensitive: bool = False, **context: Any
) -> Message:
    return outbox.queue(
        f"entry/{kind}",
        to_address=person.email,
        to_name=person.get_full_name(),
        language=person.language,
        context=context,
        now=now,
        link=link,
        sensitive=sensitive or link is not None,
        subject_key=person.key,
        person_key=person.key,
    )


def _asked(person: Person, actor: Actor, browser: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """When and from where somebody asked: nobody is signed in, so there is no name to give."""
    return {"asked_at": now, "address": actor.address, "browser": browser.get(person.language, "")}


def recovery_link(person: Person, *, link: Link, browser: Mapping[str, str], actor: Actor, now: datetime) -> Message:
    """To the owner: a new password was asked for, by whom and from where; the link to choose it."""
    return _send(
        "recovery_link", person, now=now, link=link, login=person.login, expires_at=link.expires_at,
        **_asked(person, actor, browser, now),
    )  # fmt: skip


def activation_again(person: Person, *, link: Link, browser: Mapping[str, str], actor: Actor, now: datetime) -> Message:
    """To the owner, who has never chosen a password: the link to choose the first one, again."""
    return _send(
        "activation_again", person, now=now, link=link, login=person.login, expires_at=link.expires_at,
        **_asked(person, actor, browser, now),
    )  # fmt: skip


def temporary_password(
    person: Person, *, sealed: str, browser: Mapping[str, str], actor: Actor, now: datetime
) -> Message:
    """To the owner: a one-time password, which must be changed at once. It is kept sealed until the mail is written."""
    return _send(
        "temporary_password", person, now=now, sensitive=True, login=person.login, one_time_sealed=sealed,
        expires_at=person.temporary_until, **_asked(person, actor, browser, now),
    )  # fmt: skip


def login_reminder(
    person: Person,
    *,
    logins: Sequence[str],
    company_name: str,
    state: str,
    browser: Mapping[str, str],
    actor: Actor,
    now: datetime,
) -> Message:
    """To the owner: the login or logins of this address in a company, and a word when it cannot be used (D9)."""
    return _send(
        "login_reminder", person, now=now, logins=list(logins), company_name=company_name, state=state,
        **_asked(person, actor, browser, now),
    )  # fmt: skip


def plsa_contacts(
    person: Person, *, company_name: str, company_key: str, plsas: Sequence[Person], now: datetime
) -> Message:
    """To the registered address of a login: who the PLSAs of the company are and how to reach them (D9)."""
    people = [{"name": plsa.get_full_name(), "email": plsa.email, "phone": plsa.phone} for plsa in plsas]
    return outbox.queue(
        "entry/plsa_contacts",
        to_address=person.email,
        to_name=person.get_full_name(),
        language=person.language,
        context={"company_name": company_name, "plsas": people},
        now=now,
        sensitive=True,
        subject_key=person.key,
        company_key=company_key,
        person_key=person.key,
    )
