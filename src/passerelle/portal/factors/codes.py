"""The list of recovery codes: shown until its owner says that it is kept, never again after that."""

from __future__ import annotations

import json
from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from passerelle import brand
from passerelle.accounts.actions import factors
from passerelle.core import clock
from passerelle.core.errors import Refused
from passerelle.core.sealing import seal, unseal
from passerelle.entry.enums import Gate
from passerelle.portal.factors.stay import onward, person_of
from passerelle.portal.factors.ways import ways_of
from passerelle.portal.factors.words import factor_words
from passerelle.web.access import at_gate, safe_next
from passerelle.web.proof import fresh_proof
from passerelle.web.requests import actor

_SHOWN = "recovery_codes"
_SHOWN_FOR = timedelta(minutes=15)


def keep_codes(request: HttpRequest, codes: tuple[str, ...]) -> None:
    """Keep a new list for its page, sealed in the session."""
    request.session[_SHOWN] = {"codes": seal(json.dumps(codes)), "at": clock.now().isoformat()}


def _kept_codes(request: HttpRequest) -> list[str]:
    kept = request.session.get(_SHOWN) or {}
    made_at = parse_datetime(str(kept.get("at", "")))
    if made_at is None or clock.now() - made_at > _SHOWN_FOR:
        return []
    text = unseal(str(kept.get("codes", "")))
    return [str(code) for code in json.loads(text)] if text else []


@at_gate(Gate.SECOND_FACTOR)
def codes(request: HttpRequest) -> HttpResponse:
    """A list that was just made, or how many codes are left of the last one."""
    if request.method == "POST":
        request.session.pop(_SHOWN, None)
        return redirect(safe_next(request, reverse("factors:overview")))
    ways = ways_of(person_of(request))
    if not ways.factors:
        return redirect("factors:overview")
    context = {"codes": _kept_codes(request), "left": ways.codes, "next": safe_next(request, "")}
    return render(request, "factors/codes.html", context)


@fresh_proof
def renew_codes(request: HttpRequest) -> HttpResponse:
    """Make a new list; the former one no longer counts. Opened as a page, it asks first."""
    if request.method == "POST":
        person = person_of(request)
        try:
            made = factors.make_recovery_codes(person_id=person.pk, actor=actor(request), now=clock.now())
        except Refused as refusal:
            messages.warning(request, factor_words(refusal))
            return redirect("factors:overview")
        keep_codes(request, made)
        return redirect(onward(reverse("factors:codes"), safe_next(request, "")))
    return render(request, "factors/renew_codes.html", {"left": ways_of(person_of(request)).codes})


@at_gate(Gate.SECOND_FACTOR)
def download_codes(request: HttpRequest) -> HttpResponse:
    """The list as a text file, while its page shows it."""
    found = _kept_codes(request)
    if not found:
        return redirect("factors:codes")
    person, house = person_of(request), brand.current().organisation
    lines = [
        f"{house.portal_name} – {house.name}",
        _("Recovery codes of the login %(login)s") % {"login": person.login},
        "",
        *found,
        "",
        _("Each code works once, in place of your second factor. Keep this list apart from your password."),
    ]
    response = HttpResponse("\r\n".join(lines) + "\r\n", content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="recovery-codes-{person.login}.txt"'
    return response
