"""Forgotten login and password: what is sent, to the registered address only (D8–D10, decision 16).

Nothing about the account changes here but by the link that a mail carries, unless the brand has temporary passwords.
Whoever types values that do not belong together costs the same work whatever the cause, and is told the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from passerelle import brand
from passerelle.accounts import actions as accounts
from passerelle.accounts.enums import LoginState
from passerelle.accounts.models import Person
from passerelle.accounts.rules import fold_login, may_use_login
from passerelle.audit.record import record
from passerelle.audit.tags import Tag
from passerelle.core.actor import Actor
from passerelle.core.errors import Refused
from passerelle.core.powers import Verb, may
from passerelle.core.sealing import seal
from passerelle.entry.actions.diagnosis import note_failure
from passerelle.entry.mails import recovery as mails
from passerelle.entry.rules.recovery import Branch, branch_of, of_code, overtaken, same_address
from passerelle.limits.check import hit
from passerelle.mail import links
from passerelle.mail.addresses import fold
from passerelle.mail.models import Link
from passerelle.memberships.enums import MandateState
from passerelle.memberships.models import Mandate, Membership
from passerelle.memberships.queries import of_person, plsas_of
from passerelle.suppliers.queries import find_by_key

RECOVERY, ACTIVATION = "recovery", "activation"


@dataclass(frozen=True, slots=True)
class Matched:
    """The personal answer to three values that belong together.

    `sent` tells whether a mail has left; it is false too when as many have left this hour as may: `again_at` says when
    the next one can, and `number` is that of the refusal. `plsas` tells whether the company has PLSAs who can be
    written to.
    """

    branch: Branch
    person: Person
    membership: Membership
    memberships: tuple[Membership, ...]
    plsas: tuple[Person, ...]
    sent: bool = False
    again_at: datetime | None = None
    number: str = ""


@dataclass(frozen=True, slots=True)
class Neutral:
    """The answer to everything else: a number to read out, of the same look whatever the cause (I5)."""

    number: str


def forgotten_password(
    *, email: str, login: str, cofor: str, browser: Mapping[str, str], actor: Actor, now: datetime
) -> Matched | Neutral:
    """Answer the three values, and send the means to set a new password to whom may have them by mail (D8).

    The mails to one person are counted (`recovery_login`) before anything is sent. Everything else costs the same
    queries whether the login is unknown or the address or the COFOR is another's. `browser` is the browser in words, by
    language: a mail is in the language of its reader.
    """
    typed = fold_login(login)
    found = Person.objects.filter(login_key=typed).first()
    # Whose address is another one is asked for as nobody is: rows that are found take time to read.
    theirs = found is not None and same_address(email, found.email)
    memberships = tuple(of_person(found if found is not None and theirs else Person(pk=0), now))
    membership = of_code(memberships, cofor)
    if found is None or membership is None or not theirs:
        number = note_failure(
            door="forgotten_password", typed=login, person=found, reason="wrong_details", actor=actor, now=now
        ).number  # fmt: skip
        return Neutral(number)
    plsa, plsas = _holds_a_mandate(found, now), tuple(plsas_of(membership.company, now))
    answer = Matched(branch_of(found, memberships, plsa=plsa), found, membership, memberships, plsas)
    if answer.branch in {Branch.MAIL, Branch.ACTIVATION}:
        allowance = hit("recovery_login", found.key, now=now)
        if not allowance:
            number = note_failure(
                door="forgotten_password", typed=login, person=found, reason="recovery_limit",
                paused_until=allowance.again_at, actor=actor, now=now,
            ).number  # fmt: skip
            return replace(answer, again_at=allowance.again_at, number=number)
        made = accounts.new_temporary() if brand.current().policies.recovery == "temporary_password" else None
        try:
            _send_means(found.pk, made, browser, actor, now)
        except Refused:  # blocked or suspended a moment ago
            found.refresh_from_db()
            return replace(answer, branch=branch_of(found, memberships, plsa=plsa))
        return replace(answer, sent=True)
    note_asked(
        person_key=found.key, company_key=membership.company.key, branch=answer.branch, actor=actor, now=now
    )  # fmt: skip
    return answer


def _holds_a_mandate(person: Person, now: datetime) -> bool:
    """Whether a mandate of the person is in force, their own state left aside: a suspended PLSA is one here (D8)."""
    mandates = Mandate.objects.filter(
        state=MandateState.IN_FORCE, starts_at__lte=now, membership__person=person, membership__ended_at__isnull=True
    )
    return mandates.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now)).exists()


@transaction.atomic
def note_asked(*, person_key: str, company_key: str, branch: Branch, actor: Actor, now: datetime) -> None:
    """Keep that three values belonged together and led to a form, so that its owner sees it in the activity."""
    record(
        Tag.RECOVERY_ASKED, actor=actor, now=now, subject_key=person_key, person_key=person_key,
        company_key=company_key, new={"answer": branch.value},
    )  # fmt: skip


@transaction.atomic
def _send_means(
    person_id: int, made: accounts.Temporary | None, browser: Mapping[str, str], actor: Actor, now: datetime
) -> None:
    """Send the means to set a password: the link, or the temporary password that was made where the brand has those;
    the activation to whom never had one.

    An earlier link of the same kind is void. Refuses `login_closed` unless the login is active.
    """
    person = accounts.lock(person_id)
    if not may_use_login(person):
        raise Refused("login_closed")
    policies = brand.current().policies
    first = person.activated_at is None
    if made is not None and not first:
        person = accounts.make_temporary(person_id=person.pk, made=made, actor=actor, now=now)
        mails.temporary_password(person, sealed=seal(made.text), browser=browser, actor=actor, now=now)
        _note_sent(person, "temporary_password", actor, now)
        return
    lasts = timedelta(days=policies.activation_link_days) if first else timedelta(minutes=policies.recovery_minutes)
    link = links.issue(
        ACTIVATION if first else RECOVERY, subject_key=person.key, recipient=person.email, expires_at=now + lasts,
        now=now,
    )  # fmt: skip
    tell = mails.activation_again if first else mails.recovery_link
    tell(person, link=link, browser=browser, actor=actor, now=now)
    _note_sent(person, ACTIVATION if first else "link", actor, now)


def _note_sent(person: Person, means: str, actor: Actor, now: datetime) -> None:
    record(Tag.RECOVERY_SENT, actor=actor, now=now, subject_key=person.key, person_key=person.key, new={"means": means})


def choose_password(*, link_key: str, password: str, actor: Actor, now: datetime, browser: str = "") -> Person:
    """Set a new password by the link of a forgotten one; every session ends and the owner is told (D6, D8).

    It lifts nothing but what a new password lifts, and the second factor is asked at sign-in as ever. Refuses
    `password` (fact `faults`; the link is not spent), `link_…`, `link_overtaken` when the password was changed after
    the link had been sent, and `login_closed` unless the login is active.
    """
    link = links.get(link_key)
    person = Person.objects.filter(key=link.subject_key).first()
    if person is None or link.purpose != RECOVERY:
        raise Refused("link_unknown")
    links.refuse_ended(link, now=now)
    if overtaken(person, link):
        raise Refused("link_overtaken")
    return accounts.with_prepared(
        lambda ready: _choose(link, person.pk, ready, browser, actor, now), person=person, password=password
    )


@transaction.atomic
def _choose(link: Link, person_id: int, ready: accounts.Prepared, browser: str, actor: Actor, now: datetime) -> Person:
    person = accounts.lock(person_id)
    links.spend(link, now=now)
    if overtaken(person, link):
        raise Refused("link_overtaken")
    return accounts.keep_password(person_id=person.pk, ready=ready, device=browser, actor=actor, now=now)


def forgotten_login(*, cofor: str, email: str, browser: Mapping[str, str], actor: Actor, now: datetime) -> Neutral:
    """Send the login or logins of an address in a company to that address, if there are any; answer the same (D9).

    The same queries are made in every case: where nobody is to be written to, a mail to nobody is queued and taken
    back. The number is given in every case too.
    """
    holders = Membership.objects.filter(
        company__cofor=cofor, ended_at__isnull=True, person__email_key=fold(email)
    ).exclude(person__state=LoginState.DELETED)
    found = [
        m for m in holders.select_related("person", "company").order_by("pk") if same_address(email, m.person.email)
    ]
    subject = found[0].person.key if found else f"nobody:{fold(email)}"
    allowed = bool(hit("login_reminder", subject, now=now))
    return _remind(found, allowed, browser, actor, now)


@transaction.atomic
def _remind(found: list[Membership], allowed: bool, browser: Mapping[str, str], actor: Actor, now: datetime) -> Neutral:
    person = found[0].person if found else None
    reason = ("login_sent" if allowed else "recovery_limit") if found else "wrong_details"
    number = note_failure(door="forgotten_login", typed="", person=person, reason=reason, actor=actor, now=now).number
    written = person is not None and allowed
    with transaction.atomic():
        if not written:
            _write_login(Person(email=brand.current().mail.sender_address), [], browser, actor, now)
        transaction.set_rollback(True)
    if person is not None and written:
        _write_login(person, found, browser, actor, now)
    return Neutral(number)


def _write_login(
    person: Person, found: list[Membership], browser: Mapping[str, str], actor: Actor, now: datetime
) -> None:
    company = found[0].company if found else None
    record(
        Tag.LOGIN_REMINDED, actor=actor, now=now, subject_key=person.key, person_key=person.key,
        company_key=company.key if company else "",
    )  # fmt: skip
    mails.login_reminder(
        person, logins=[membership.person.login for membership in found],
        company_name=company.name if company else "", state=person.state, browser=browser, actor=actor, now=now,
    )  # fmt: skip


@transaction.atomic
def send_plsa_contacts(*, company_key: str, login: str, actor: Actor, now: datetime) -> Person:
    """Send the PLSAs' names and addresses to the address registered for a login of that company, in one act (D9).

    Refuses `no_power` unless the actor may manage people, `login_unknown` when the company has no living member with
    this login, and `no_plsa` when it has none who could be written to.
    """
    if not may(actor, Verb.MANAGE_PEOPLE):
        raise Refused("no_power")
    company = find_by_key(company_key)
    members = Membership.objects.filter(
        company__key=company_key, ended_at__isnull=True, person__login_key=fold_login(login)
    ).exclude(person__state=LoginState.DELETED)
    membership = members.select_related("person").first()
    if company is None or membership is None:
        raise Refused("login_unknown")
    plsas = [plsa for plsa in plsas_of(company, now) if plsa.pk != membership.person_id]
    if not plsas or not company.active:
        raise Refused("no_plsa")
    person = membership.person
    mails.plsa_contacts(person, company_name=company.name, company_key=company.key, plsas=plsas, now=now)
    record(
        Tag.PLSA_CONTACTS_SENT, actor=actor, now=now, subject_key=person.key, person_key=person.key,
        company_key=company.key, new={"plsas": len(plsas)},
    )  # fmt: skip
    return person
