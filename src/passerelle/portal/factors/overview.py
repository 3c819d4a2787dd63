"""My second factors: the list, adding and removing, and the recovery codes (D11).

The pages open while the brand requires a second factor and this session has none: there it is set up.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from passerelle.accounts.actions import factors, removals
from passerelle.accounts.models import FactorRemoval, Person, SecondFactor
from passerelle.core import clock
from passerelle.core.errors import Refused
from passerelle.entry.enums import BY_PROVIDER, Gate
from passerelle.entry.rules import needs_second_factor
from passerelle.portal.factors.forms import NameForm
from passerelle.portal.factors.stay import onward, person_of, stay
from passerelle.portal.factors.ways import ways_of
from passerelle.portal.factors.words import factor_words
from passerelle.portal.session.gate import open_doors
from passerelle.web.access import at_gate, safe_next
from passerelle.web.forms import bind, was_switched
from passerelle.web.proof import fresh_proof
from passerelle.web.requests import actor


def required(request: HttpRequest, person: Person) -> bool:
    """Whether the brand requires a second factor of this person, in any company they may enter for."""
    return needs_second_factor(person, is_plsa=any(door.is_plsa for door in open_doors(request)))  # type: ignore[attr-defined]


@at_gate(Gate.SECOND_FACTOR)
def overview(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    waiting = FactorRemoval.objects.filter(person=person, cancelled_at__isnull=True, done_at__isnull=True).first()
    ways, wanted = ways_of(person), safe_next(request, "")
    context = {
        "ways": ways,
        "required": required(request, person),
        "removable": len(ways.factors) > 1 or not required(request, person),
        "removal": waiting,
        "next": wanted,
        "add_passkey_url": onward(reverse("factors:add_passkey"), wanted),
        "add_authenticator_url": onward(reverse("factors:add_authenticator"), wanted),
    }
    return render(request, "factors/overview.html", context)


@at_gate(Gate.SECOND_FACTOR)
def rename(request: HttpRequest, key: str) -> HttpResponse:
    """Give a factor another name."""
    person = person_of(request)
    factor = _own(person, key)
    form = bind(request, NameForm, initial={"name": factor.name})
    sent = form.is_bound and not was_switched(request)
    if sent and form.is_valid():
        factors.rename_factor(
            person_id=person.pk, factor_key=key, name=form.cleaned_data["name"], actor=actor(request), now=clock.now()
        )
        messages.success(request, _("The name is saved."))
        return redirect("factors:overview")
    return render(request, "factors/rename.html", {"form": form, "factor": factor}, status=422 if sent else 200)


@fresh_proof
def remove(request: HttpRequest, key: str) -> HttpResponse:
    """Say what removing means, then remove."""
    person = person_of(request)
    factor, must = _own(person, key), required(request, person)
    last = person.second_factors.count() == 1
    if request.method == "POST":
        try:
            changed = factors.remove_factor(
                person_id=person.pk, factor_key=key, required=must, actor=actor(request), now=clock.now()
            )
        except Refused as refusal:
            messages.warning(request, factor_words(refusal))
            return redirect("factors:overview")
        if not changed.second_factors.exists() and request.session.get("factor") != BY_PROVIDER:
            request.session["factor"] = ""
        messages.success(request, _("It was removed. Your other sessions were ended."))
        return stay(request, changed, redirect("factors:overview"))
    context = {"factor": factor, "last": last, "refused": last and must}
    return render(request, "factors/remove.html", context)


def keep(request: HttpRequest) -> HttpResponse:
    """Keep the second factors that somebody asked to remove."""
    if request.method == "POST":
        try:
            removals.keep_factor(person_id=person_of(request).pk, actor=actor(request), now=clock.now())
        except Refused as refusal:
            messages.info(request, factor_words(refusal))
        else:
            messages.success(request, _("Your second factor stays."))
    return redirect("factors:overview")


def _own(person: Person, key: str) -> SecondFactor:
    found = person.second_factors.filter(key=key).first()
    if found is None:
        raise Http404
    return found
