"""The password service: a new password, by choice or because the present one must not be kept (D5, D6, D11)."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override
from django.views.decorators.debug import sensitive_post_parameters

from passerelle import brand
from passerelle.accounts import actions as accounts
from passerelle.accounts.models import Person
from passerelle.accounts.rules import password_ends_at
from passerelle.core import clock
from passerelle.core.errors import Refused
from passerelle.entry.enums import Gate
from passerelle.portal.password.forms import ChangePasswordForm
from passerelle.portal.session import devices
from passerelle.portal.session.enter import home_address
from passerelle.portal.session.gate import shut_gate
from passerelle.portal.session.present import Compared, compare
from passerelle.web.access import at_gate, safe_next
from passerelle.web.credentials import read_aloud
from passerelle.web.dates import hour
from passerelle.web.devices import describe
from passerelle.web.forms import bind, was_switched
from passerelle.web.passwords import password_words, rules_for
from passerelle.web.proof import is_fresh, note_proof
from passerelle.web.requests import actor

_ENDED = "ended_sessions"


@at_gate(Gate.PASSWORD)
@sensitive_post_parameters("current_password", "new_password")
def change(request: HttpRequest) -> HttpResponse:
    """Choose a new password. At the gate it is the only page, and leads on to the one first asked for (D5)."""
    person, now = request.user, clock.now()
    assert isinstance(person, Person)
    is_forced = shut_gate(request) is Gate.PASSWORD
    # Not asked when it was given a moment ago, or was a temporary one, which is used up by now.
    asks_current = person.temporary_until is None and not is_fresh(request, by_password=True)
    form = bind(request, ChangePasswordForm, asks_current=asks_current)
    sent = form.is_bound and not was_switched(request)
    number = ""
    if sent and form.is_valid():
        changed = _change(request, person, form, now)
        if isinstance(changed, Person):
            response = _go_on(request, changed, is_forced=is_forced)
            devices.remember(request, response, changed)
            return response
        number = changed
    has_factor = person.second_factors.exists()
    context = {
        "form": form,
        "number": read_aloud(number) if number else "",
        "rules": rules_for(person, has_factor=has_factor),
        "layout": "layouts/public.html" if is_forced else "layouts/private.html",
        "is_forced": is_forced,
        "ended_at": password_ends_at(person, has_factor=has_factor),
        "days": brand.current().policies.password_age_days,
        "next": safe_next(request, ""),
        "video": brand.current().links.password_video,
    }
    return render(request, "password/change.html", context, status=422 if sent else 200)


def _change(request: HttpRequest, person: Person, form: ChangePasswordForm, now: datetime) -> Person | str:
    """Save it, or put what is wrong into the form, and answer the number of a refused present password."""
    current = form.cleaned_data.get("current_password")
    if current is not None and not (compared := compare(request, person, current)):
        form.add_error("current_password", _wrong_words(compared))
        return compared.number
    with override(person.language):
        device = describe(request.headers.get("User-Agent", ""))
    try:
        changed = accounts.change_password(
            person_id=person.pk, password=form.cleaned_data["new_password"], current=current,
            keep=request.session.session_key or "", device=device, actor=actor(request), now=now,
        )  # fmt: skip
    except Refused as refusal:
        if refusal.code == "wrong_password":  # changed since it was compared
            form.add_error("current_password", _wrong_words(Compared()))
        for fault in password_words(refusal) if refusal.code == "password" else ():
            form.add_error("new_password", fault)
        if refusal.code == "login_closed":
            form.add_error(None, _("This login is not open at present. Write to our Assistance."))
        return ""
    _stay(request, changed.person)
    if current is not None:
        note_proof(request, by_password=True)
    request.session[_ENDED] = [[row.device, row.last_seen_at.isoformat()] for row in changed.ended[:20]]
    return changed.person


def _wrong_words(compared: Compared) -> str:
    if compared.again_at is not None:
        words = _("The present password was mistyped too often. Try again after %(hour)s.")
        return words % {"hour": hour(compared.again_at)}
    if compared.busy:
        return _("The portal is busy. Try again in a few seconds; this try was not counted.")
    return _("This is not your present password. Type it again")


def _stay(request: HttpRequest, person: Person) -> None:
    """This browser stays signed in, under a new session key and the new epoch (D6)."""
    request.user = person
    update_session_auth_hash(request, person)
    request.session["epoch"] = person.credential_epoch


def _go_on(request: HttpRequest, person: Person, *, is_forced: bool) -> HttpResponse:
    wanted = safe_next(request, "")
    if not is_forced:
        return redirect(f"{reverse('password:saved')}?{urlencode({'next': wanted})}" if wanted else "password:saved")
    messages.success(request, _saved_words(len(request.session.pop(_ENDED, []))))
    return redirect(wanted or home_address(person))


def _saved_words(ended: int) -> str:
    if not ended:
        return _("Your password is saved.")
    words = ngettext(
        "Your password is saved. %(count)d other session was ended.",
        "Your password is saved. %(count)d other sessions were ended.",
        ended,
    )
    return words % {"count": ended}


def saved(request: HttpRequest) -> HttpResponse:
    """What the new password did: which other sessions it ended, by browser and last use (D6)."""
    assert isinstance(request.user, Person)
    ended = [
        {"device": describe(device), "last_seen_at": parse_datetime(seen)}
        for device, seen in request.session.get(_ENDED, [])
    ]
    context = {"ended": ended, "on": safe_next(request, home_address(request.user))}
    return render(request, "password/saved.html", context)
