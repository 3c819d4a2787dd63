"""Giving the fresh proof that a dangerous act asks for, then going back to it."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from passerelle import brand
from passerelle.accounts.models import Person
from passerelle.core import clock
from passerelle.core.errors import Refused
from passerelle.entry import actions as entry
from passerelle.entry.enums import BY_PROVIDER, Gate
from passerelle.limits.check import forget, give_back, hit
from passerelle.portal.factors.forms import CodeForm, PasswordForm
from passerelle.portal.factors.ways import Ways, passkey_options, taken, ways_of
from passerelle.portal.factors.words import factor_words, is_ours, reason_of
from passerelle.portal.session.present import LIMIT, Compared, compare, note_paused
from passerelle.provider import registration
from passerelle.web.access import at_gate, safe_next
from passerelle.web.credentials import read_aloud
from passerelle.web.dates import hour
from passerelle.web.forms import was_switched
from passerelle.web.proof import note_proof
from passerelle.web.requests import actor


@at_gate(*Gate)
@sensitive_post_parameters("password", "code")
def confirm(request: HttpRequest) -> HttpResponse:
    """Ask for the password or a second factor again, then go back to what the person was about to do."""
    person = request.user
    assert isinstance(person, Person)
    ways, wrong, number = ways_of(person), "", ""
    form: PasswordForm | CodeForm | None = None
    sent = request.method == "POST" and not was_switched(request)
    if sent:
        form = PasswordForm(request.POST) if "password" in request.POST else None
        if form is None and "code" in request.POST:
            form = CodeForm(request.POST)
        if form is None or form.is_valid():
            wrong, number = _prove(request, person, ways)
            if not wrong:
                note_proof(request, by_password="password" in request.POST)
                return redirect(safe_next(request, reverse("factors:overview")))
            if form is not None:
                form.add_error(next(iter(form.fields)), wrong)
    context = {
        "ways": ways,
        "by_provider": registration() is not None and request.session.get("factor") == BY_PROVIDER,
        "has_password": person.has_usable_password(),
        "password_form": form if isinstance(form, PasswordForm) else PasswordForm(),
        "code_form": form if isinstance(form, CodeForm) else CodeForm(),
        "form": form,
        "errors": [wrong] if wrong and form is None else [],
        "number": read_aloud(number) if number else "",
        "next": safe_next(request, ""),
        "minutes": brand.current().policies.fresh_proof_minutes,
    }
    return render(request, "factors/confirm.html", context, status=422 if sent else 200)


def _prove(request: HttpRequest, person: Person, ways: Ways) -> tuple[str, str]:
    """Nothing when what was sent proves that the person is there, else the words that say what is wrong and the number
    of the refusal."""
    if "password" in request.POST:
        compared = compare(request, person, request.POST["password"])
        return _wrong_words(compared), compared.number
    now = clock.now()
    pause = hit(LIMIT, person.key, now=now)
    if not pause:
        return _too_many(pause.again_at), note_paused(request, person, pause.again_at, now)
    try:
        taken(request, person, ways, purpose="proof", now=now)
    except Refused as refusal:
        if is_ours(refusal):
            give_back(LIMIT, person.key, now=now)
        noted = entry.note_failure(
            door="confirm", typed=person.login, person=person, reason=reason_of(refusal), actor=actor(request), now=now
        )
        return factor_words(refusal), noted.number
    forget(LIMIT, person.key, now=now)
    return "", ""


def _wrong_words(compared: Compared) -> str:
    if compared.again_at is not None:
        return _too_many(compared.again_at)
    if compared.busy:
        return _("The portal is busy. Try again in a few seconds; this try was not counted.")
    return "" if compared else _("This is not your password. Type the one you sign in with.")


def _too_many(again_at: datetime) -> str:
    return _("Too many tries. Try again after %(hour)s.") % {"hour": hour(again_at)}


@at_gate(*Gate)
def confirm_passkey(request: HttpRequest) -> HttpResponse:
    """What the browser is asked to prove a passkey with, for the confirmation."""
    person = request.user
    assert isinstance(person, Person)
    return passkey_options(request, person, purpose="proof")
