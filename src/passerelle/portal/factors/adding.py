"""Adding a passkey or an authenticator application."""

from __future__ import annotations

from datetime import timedelta

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from passerelle.accounts.actions import factors
from passerelle.accounts.actions.factors import Added
from passerelle.accounts.enums import FactorKind
from passerelle.accounts.rules import passkeys
from passerelle.accounts.rules.factors import enrolment_address, new_secret
from passerelle.core import clock
from passerelle.core.errors import Refused
from passerelle.core.sealing import seal, unseal
from passerelle.entry.enums import BY_PROVIDER, Gate
from passerelle.portal.factors.codes import keep_codes
from passerelle.portal.factors.forms import AuthenticatorForm, NameForm
from passerelle.portal.factors.stay import onward, person_of, stay
from passerelle.portal.factors.ways import keep_challenge, take_challenge, ways_of
from passerelle.portal.factors.words import factor_words
from passerelle.web.access import at_gate, safe_next
from passerelle.web.devices import describe
from passerelle.web.forms import bind, was_switched
from passerelle.web.proof import fresh_proof
from passerelle.web.requests import actor

_SETUP = "authenticator"  # the session's name for a secret that no code has proven yet
_SETUP_STANDS = timedelta(minutes=30)


@at_gate(Gate.SECOND_FACTOR)
@fresh_proof
@sensitive_post_parameters("credential")
def add_passkey(request: HttpRequest) -> HttpResponse:
    """Name the passkey; the browser then asks to make it and sends what it made."""
    person, now = person_of(request), clock.now()
    form = bind(request, NameForm, initial={"name": describe(request.headers.get("User-Agent", ""))})
    sent = form.is_bound and not was_switched(request)
    if sent and form.is_valid():
        try:
            if not request.POST.get("credential"):
                raise Refused("passkey_missing")
            proven = passkeys.made(take_challenge(request, "add", now), request.POST["credential"])
            added = factors.add_passkey(
                person_id=person.pk, passkey=proven, name=form.cleaned_data["name"], actor=actor(request), now=now
            )
        except Refused as refusal:
            form.add_error(None, factor_words(refusal))
        else:
            return _go_on(request, added)
    context = {"form": form, "next": safe_next(request, "")}
    return render(request, "factors/add_passkey.html", context, status=422 if sent else 200)


@at_gate(Gate.SECOND_FACTOR)
@fresh_proof
def new_passkey(request: HttpRequest) -> HttpResponse:
    """What the browser is asked to make a passkey with."""
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "POST"})
    person = person_of(request)
    options, state = passkeys.creation_options(person, ways_of(person).factors)
    keep_challenge(request, "add", state)
    return JsonResponse(options)


@at_gate(Gate.SECOND_FACTOR)
@fresh_proof
@sensitive_post_parameters("code")
def add_authenticator(request: HttpRequest) -> HttpResponse:
    """Show the QR code and the secret as text; the code that the application then shows proves that it read them."""
    person, now = person_of(request), clock.now()
    if ways_of(person).authenticator:
        messages.info(request, factor_words(Refused("authenticator_exists")))
        return redirect("factors:overview")
    form = bind(request, AuthenticatorForm, initial={"name": _("Authenticator application")})
    sent = form.is_bound and not was_switched(request)
    secret, fresh = _secret(request)
    if sent and form.is_valid():
        try:
            if fresh:
                raise Refused("setup_ended", field="code")
            added = factors.add_authenticator(
                person_id=person.pk, secret=secret, code=form.cleaned_data["code"], name=form.cleaned_data["name"],
                actor=actor(request), now=now,
            )  # fmt: skip
        except Refused as refusal:
            form.add_error(refusal.field or None, factor_words(refusal))
        else:
            request.session.pop(_SETUP, None)
            return _go_on(request, added)
    address = enrolment_address(secret, person.login)
    context = {
        "form": form,
        "qr": qr(address),
        "secret": " ".join(secret[place : place + 4] for place in range(0, len(secret), 4)),
        "address": address,
        "next": safe_next(request, ""),
    }
    return render(request, "factors/add_authenticator.html", context, status=422 if sent else 200)


def qr(address: str) -> SafeString:
    """The QR code as an element of the page: shapes with attributes only, no style, dark on light in any theme."""
    made = segno.make(address, error="m", micro=False)
    svg = made.svg_inline(scale=4, border=4, dark="#000", light="#fff", svgclass=None, lineclass=None, omitsize=False)
    return mark_safe(svg.replace("<svg ", '<svg role="img" aria-labelledby="qr-words" ', 1))  # noqa: S308  segno's own


def _secret(request: HttpRequest) -> tuple[str, bool]:
    """The secret of this set-up, sealed in the session until a code proves it, and whether it is a new one."""
    kept = request.session.get(_SETUP) or {}
    made_at = parse_datetime(str(kept.get("at", "")))
    secret = unseal(str(kept.get("secret", "")))
    if secret and made_at is not None and clock.now() - made_at < _SETUP_STANDS:
        return secret, False
    secret = new_secret()
    request.session[_SETUP] = {"secret": seal(secret), "at": clock.now().isoformat()}
    return secret, True


def _go_on(request: HttpRequest, added: Added) -> HttpResponse:
    """This session has a second factor now. The first one brings the recovery codes, shown once."""
    if request.session.get("factor") != BY_PROVIDER:
        request.session["factor"] = added.factor.kind
    words = {
        FactorKind.PASSKEY: _("The passkey was added. Your other sessions were ended."),
        FactorKind.AUTHENTICATOR: _("The authenticator application was added. Your other sessions were ended."),
    }
    messages.success(request, words[FactorKind(added.factor.kind)])
    address = safe_next(request, reverse("factors:overview"))
    if added.codes:
        keep_codes(request, added.codes)
        address = onward(reverse("factors:codes"), safe_next(request, ""))
    return stay(request, added.person, redirect(address))
