"""The gate of the terms: those that each person accepts, and those that a company's legal representative accepts."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from passerelle.accounts.models import Person
from passerelle.core import clock
from passerelle.core.errors import Refused
from passerelle.entry.enums import Gate
from passerelle.limits.check import hit
from passerelle.memberships.models import Membership
from passerelle.memberships.queries import plsas_of
from passerelle.opening import actions as opening
from passerelle.opening.queries import analyse
from passerelle.portal.access.words import refusal_words
from passerelle.portal.session.enter import home_address
from passerelle.portal.session.gate import acting, facts_of, open_doors
from passerelle.portal.session.private import sent_only
from passerelle.portal.terms.forms import AcceptOwnTermsForm
from passerelle.terms import actions as terms
from passerelle.terms.models import Audience, Text
from passerelle.terms.queries import current_text
from passerelle.terms.rules import in_order, is_newer
from passerelle.web.access import at_gate, safe_next
from passerelle.web.forms import bind, was_switched
from passerelle.web.requests import actor


@at_gate(Gate.TERMS)
def accept(request: HttpRequest) -> HttpResponse:
    """The terms that stand before the private area, or that are new: one's own to accept, the company's to be accepted
    by its legal representative. Without either, on to the page first asked for."""
    assert isinstance(request.user, Person)
    facts, membership = facts_of(request), acting(request)
    on = safe_next(request, home_address(request.user))
    if facts.own_terms is not None and is_newer(facts.own_terms):
        return _own(request, request.user, on, is_due=not in_order(facts.own_terms))
    if facts.company_terms is not None and membership is not None and not in_order(facts.company_terms):
        return _company(request, membership)
    return redirect(on)


def _own(request: HttpRequest, person: Person, on: str, *, is_due: bool) -> HttpResponse:
    language, now = get_language() or "en", clock.now()
    text = current_text(language, now, Audience.PERSON)
    if text is None:
        return redirect(on)
    form = bind(request, AcceptOwnTermsForm, initial={"text": text.pk})
    sent = form.is_bound and not was_switched(request)
    if sent and form.is_valid():
        shown = Text.objects.select_related("version").filter(pk=form.cleaned_data["text"]).first()
        try:
            if shown is None:
                raise Refused("terms_newer")
            terms.accept_for_oneself(person=person, text=shown, language=language, actor=actor(request), now=now)
        except Refused as refusal:
            messages.warning(request, refusal_words(refusal))
            return redirect(request.get_full_path())
        return redirect(on)
    context = {"form": form, "text": text, "is_due": is_due, "next": safe_next(request, "")}
    return render(request, "terms/own.html", context, status=422 if sent else 200)


def _company(request: HttpRequest, membership: Membership) -> HttpResponse:
    company, now = membership.company, clock.now()
    result = analyse(company.cofor, now=now)
    context = {
        "company": company,
        "text": current_text(get_language() or "en", now),
        "is_plsa": membership.is_plsa,  # type: ignore[attr-defined]
        "plsas": plsas_of(company, now),
        "refused": result.reason.value == "terms_refused",
        "sent_at": result.opening.terms_sent_at if result.opening else None,
        "memberships": open_doors(request),
        "next": safe_next(request, ""),
    }
    return render(request, "terms/company.html", context)


@at_gate(Gate.TERMS)
@sent_only
def ask(request: HttpRequest) -> HttpResponse:
    """A PLSA has the terms sent to the legal representative, at most as often as anybody may (decision 8)."""
    membership, now = acting(request), clock.now()
    wanted = urlencode({"next": safe_next(request, reverse("session:home"))})
    back = f"{reverse('terms:accept')}?{wanted}"
    if membership is None or not membership.is_plsa:  # type: ignore[attr-defined]
        messages.warning(request, _("Only a PLSA of the company can have the terms sent."))
        return redirect(back)
    company = membership.company
    if not hit("resend", f"designation:{company.key}", now=now):
        messages.warning(
            request, _("This e-mail was sent several times today already. Ask its reader to look in the spam folder.")
        )
        return redirect(back)
    try:
        opening.ask_renewal(cofor=company.cofor, actor=actor(request), now=now)
    except Refused as refusal:
        messages.warning(request, refusal_words(refusal))
    else:
        messages.success(request, _("We have written to your company's legal representative."))
    return redirect(back)
