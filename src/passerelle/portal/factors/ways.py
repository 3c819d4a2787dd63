"""By which ways a person can prove that it is them beside the password, and taking what was sent of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.dateparse import parse_datetime

from passerelle.accounts.actions import proofs
from passerelle.accounts.enums import FactorKind
from passerelle.accounts.models import Person, SecondFactor
from passerelle.accounts.rules import passkeys
from passerelle.core import clock
from passerelle.core.actor import Actor, ActorKind
from passerelle.core.errors import Refused
from passerelle.web.requests import client_address

RECOVERY = "recovery_code"
_CHALLENGE = "passkey"  # the session's name for what a browser was asked
_CHALLENGE_STANDS = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Ways:
    """The factors of a person; `codes` is how many recovery codes are left."""

    factors: tuple[SecondFactor, ...]
    codes: int

    @property
    def passkey(self) -> bool:
        return any(factor.kind == FactorKind.PASSKEY for factor in self.factors)

    @property
    def authenticator(self) -> bool:
        return any(factor.kind == FactorKind.AUTHENTICATOR for factor in self.factors)


def ways_of(person: Person) -> Ways:
    factors = tuple(person.second_factors.order_by("created_at", "pk"))
    return Ways(factors, person.recovery_codes.filter(used_at__isnull=True).count() if factors else 0)


def taken(request: HttpRequest, person: Person, ways: Ways, *, purpose: str, now: datetime) -> str:
    """Take the passkey, code or recovery code that a form sent; answers which it was. Refuses as the actions do.

    The challenge of a passkey must have been asked by this session for this purpose, and counts once.
    """
    who = _owner(request, person)
    if "credential" in request.POST:
        answer = request.POST["credential"]
        if not answer:
            raise Refused("passkey_missing")
        state = take_challenge(request, purpose, now)
        proven = passkeys.used(state, ways.factors, answer)
        proofs.use_passkey(person_id=person.pk, passkey=proven, actor=who, now=now)
        return FactorKind.PASSKEY.value
    if "recovery" in request.POST:
        proofs.use_recovery_code(person_id=person.pk, code=request.POST["recovery"][:60], actor=who, now=now)
        return RECOVERY
    proofs.use_code(person_id=person.pk, code=request.POST.get("code", "")[:40], actor=who, now=now)
    return FactorKind.AUTHENTICATOR.value


def _owner(request: HttpRequest, person: Person) -> Actor:
    """The person whose password was right is who acts, before they are signed in too."""
    kind = ActorKind.STAFF if person.is_staff else ActorKind.PERSON
    return Actor(kind, key=person.key, name=person.get_full_name(), address=client_address(request))


def passkey_options(request: HttpRequest, person: Person, *, purpose: str) -> HttpResponse:
    """Ask the browser for one of the person's passkeys. Only a form that was sent asks, so that no link can."""
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "POST"})
    options, state = passkeys.request_options(ways_of(person).factors)
    keep_challenge(request, purpose, state)
    return JsonResponse(options)


def keep_challenge(request: HttpRequest, purpose: str, state: dict[str, Any]) -> None:
    request.session[_CHALLENGE] = {"for": purpose, "at": clock.now().isoformat(), "state": state}


def take_challenge(request: HttpRequest, purpose: str, now: datetime) -> dict[str, Any]:
    """The state of the challenge this session was asked, taken out of it. Refuses `passkey_unproven` without one."""
    kept = request.session.pop(_CHALLENGE, None) or {}
    asked_at = parse_datetime(str(kept.get("at", "")))
    if kept.get("for") != purpose or asked_at is None or now - asked_at > _CHALLENGE_STANDS:
        raise Refused("passkey_unproven")
    state: dict[str, Any] = kept["state"]
    return state
