"""One try of a login and password: what is refused before hashing, what is found right, what a failure leaves behind.

Unknown, deleted, suspended, blocked and wrong are one answer, one size and one time (decision 14): the same questions
to the database, two hashes each. Only a browser that the login knows hears more.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest

from passerelle import brand
from passerelle.accounts.backend import is_right, renewed_hash, was_former
from passerelle.accounts.hashers import PATIENCE_AT_THE_DOOR, Busy, place_at_the_door, turn
from passerelle.accounts.models import Person
from passerelle.accounts.rules import fold_login, may_sign_in_with, may_use_login, normal_password
from passerelle.core import clock
from passerelle.core.actor import Actor
from passerelle.core.verdict import Verdict, no, yes
from passerelle.entry import actions as entry
from passerelle.entry.queries.sign_in import memberships_at_the_door, person_at_the_door
from passerelle.entry.rules import may_enter
from passerelle.entry.rules.diagnosis import may_have_entered
from passerelle.limits import pauses
from passerelle.limits.check import give_back, hit, peek
from passerelle.portal.session import devices
from passerelle.portal.session.enter import DEVICES, STRANGERS, Lane
from passerelle.web.requests import actor, client_network

ADDRESS, PASSWORD = "sign_in_address", "sign_in_password"


@dataclass(frozen=True, slots=True)
class Right:
    """The password was right, and this person may enter."""

    person: Person
    lane: Lane


@dataclass(frozen=True, slots=True)
class Refusal:
    """The try failed. What the page shows is the number, the pause, and how many more tries there are before one.

    `told` is what a browser known to the login hears beyond that; None for everybody else.
    """

    number: str = ""
    evaluated: bool = True
    busy: bool = False
    paused_until: datetime | None = None
    tries: int = 0
    left: int = 0
    known_device: bool = False
    told: Verdict | None = None


@dataclass(frozen=True, slots=True)
class _Try:
    """What is known of a try before its password is looked at."""

    typed: str
    password: str
    person: Person | None
    lane: Lane
    network: str
    actor: Actor
    now: datetime


def attempt(request: HttpRequest, login: str, password: str) -> Right | Refusal:
    """Try a login and password. Charged first, then hashed; a try that a pause or a limit refuses is never hashed.

    When the portal is busy, nothing is counted: at once where no place is left, or after waiting for a turn in vain.
    Who typed what is not kept then either, see `note_busy`.
    """
    try:
        with place_at_the_door():
            return _attempt(request, login, password)
    except Busy:
        return Refusal(entry.note_busy(door="sign_in", now=clock.now()), busy=True, evaluated=False)


def _attempt(request: HttpRequest, login: str, password: str) -> Right | Refusal:
    now, typed = clock.now(), fold_login(login)
    person = person_at_the_door(typed)
    device = devices.known(request, person, typed)
    lane = Lane(DEVICES, f"{typed}:{device.id}") if device else Lane(STRANGERS, typed)
    this = _Try(typed, password, person, lane, client_network(request), actor(request), now)
    charged = _charge(this)
    if isinstance(charged, Refusal):
        return charged
    try:
        with turn(PATIENCE_AT_THE_DOOR):
            verdict = _weigh(this)
            fresh = renewed_hash(person, password) if verdict and person is not None else ""
    except Busy:
        pauses.give_back(lane.name, lane.value, charged)
        if not lane.known_device:
            give_back(ADDRESS, this.network, now=now)
        raise
    if verdict and person is not None:
        if fresh:  # without the turn: whoever writes may be waiting for one
            entry.renew_hash(person_id=person.pk, fresh=fresh, was=person.password, actor=this.actor, now=now)
        if not lane.known_device:  # it was no guess: an office's own sign-ins never pause it
            give_back(ADDRESS, this.network, now=now)
        return Right(person, lane)
    return _failed(this, verdict, charged)


def _charge(this: _Try) -> pauses.Lane | Refusal:
    """Count the try; strangers are held by the limits of their network and of the password too."""
    if not this.lane.known_device:
        allowance = hit(ADDRESS, this.network, now=this.now)
        if not allowance:
            # Whoever goes on hammering is kept under one number, whatever they type.
            hammering = allowance.count > 2 * allowance.limit
            return _refused(this, "address_paused", allowance.again_at, nameless=hammering)
        sprayed = peek(PASSWORD, _bucket(this.password), now=this.now)
        if not sprayed:
            return _refused(this, "password_paused", sprayed.again_at)
    lane = pauses.claim(this.lane.name, this.lane.value, now=this.now)
    if not lane and lane.paused_until is not None:
        return _refused(this, "paused", lane.paused_until)
    return lane


def _refused(this: _Try, reason: str, until: datetime, *, nameless: bool = False) -> Refusal:
    noted = entry.note_failure(
        door="sign_in", typed="" if nameless else this.typed, person=None if nameless else this.person, reason=reason,
        paused_until=until, known_device=this.lane.known_device, actor=this.actor, now=this.now,
    )  # fmt: skip
    return Refusal(noted.number, evaluated=False, paused_until=until, known_device=this.lane.known_device)


def _weigh(this: _Try) -> Verdict:
    """One hash when the person may enter, two whenever not."""
    person, now = this.person, this.now
    matched = is_right(person, this.password)
    memberships = memberships_at_the_door(person if matched else None, now)
    entering = may_enter(person, memberships) if person is not None else no("unknown")
    if matched and person is not None and entering:
        entering = may_sign_in_with(person, now=now)
        if entering:
            return yes("right")
    former = was_former(person, this.password, now=now)
    if person is None:
        return entering
    for obstacle in (may_use_login(person), may_have_entered(person)):
        if not obstacle:
            return obstacle
    if former:
        return no("former_password", since=person.password_changed_at)
    return entering if matched else no("wrong_password")


def _failed(this: _Try, verdict: Verdict, charged: pauses.Lane) -> Refusal:
    if not this.lane.known_device:
        hit(PASSWORD, _bucket(this.password), now=this.now)
    noted = entry.note_failure(
        door="sign_in", typed=this.typed, person=this.person, reason=verdict.reason,
        paused_until=charged.paused_until, known_device=this.lane.known_device, actor=this.actor, now=this.now,
    )  # fmt: skip
    policy = brand.current().policies.former_password
    blocks = policy == "block" or (policy == "known_device" and not this.lane.known_device)
    if verdict.reason == "former_password" and this.person is not None and blocks:
        entry.block_for_former_password(person_id=this.person.pk, actor=this.actor, now=this.now)
        verdict = no("wrong_password")
    tells = this.lane.known_device and verdict.reason != "wrong_password"
    return Refusal(
        noted.number, paused_until=charged.paused_until, tries=charged.tries, left=charged.left,
        known_device=this.lane.known_device, told=verdict if tells else None,
    )  # fmt: skip


def _bucket(password: str) -> str:
    """What stands for a password where its failures are counted: 16 bits of a keyed hash. Many passwords share them,
    so nothing is kept that could be cracked."""
    text = f"passerelle.spray:{normal_password(password)}".encode(errors="surrogatepass")
    return hmac.new(settings.SECRET_KEY.encode(), text, hashlib.sha256).hexdigest()[:4]
