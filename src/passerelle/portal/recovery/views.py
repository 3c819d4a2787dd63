"""Forgotten login and password (D8, D9): a personal answer to values that belong together, one page to all others."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods

from passerelle import brand
from passerelle.accounts.enums import Lifter, LoginState
from passerelle.accounts.rules import lifters_of
from passerelle.core import clock
from passerelle.entry import actions as entry
from passerelle.entry.actions import recovery
from passerelle.entry.actions.recovery import Matched
from passerelle.entry.rules import may_enter
from passerelle.entry.rules.recovery import Branch
from passerelle.limits.check import hit
from passerelle.portal.help.forms import ContactForm
from passerelle.portal.recovery.diagnosis import steps_of
from passerelle.portal.recovery.forms import ForgottenLoginForm, ForgottenPasswordForm, PlsaMessageForm
from passerelle.web.access import never_stored, open_page
from passerelle.web.credentials import read_aloud
from passerelle.web.dates import hour
from passerelle.web.devices import describe
from passerelle.web.forms import PortalForm, bind, was_switched
from passerelle.web.requests import actor, client_network


@open_page
@never_stored
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten_password(request: HttpRequest) -> HttpResponse:
    """Address, login and COFOR; when they belong together, why the login does not enter and what happens now (D8).

    In every other case one page of one status and size. Nothing that was typed is on it.
    """
    form = bind(request, ForgottenPasswordForm)
    status, number = _asked_of(request, form, "forgotten_password")
    if status:
        context = {"form": form, "number": number}
        return render(request, "recovery/forgotten_password.html", context, status=status)
    typed = form.cleaned_data
    answer = recovery.forgotten_password(
        email=typed["email"], login=typed["login"], cofor=typed["cofor"], browser=browser_of(request),
        actor=actor(request), now=clock.now(),
    )  # fmt: skip
    if isinstance(answer, Matched):
        return render(request, "recovery/matched.html", _personal(answer, typed))
    neutral = {"form": ForgottenPasswordForm(), "number": read_aloud(answer.number)}
    return render(request, "recovery/no_match.html", neutral)


@open_page
@never_stored
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten_login(request: HttpRequest) -> HttpResponse:
    """COFOR and address; the login goes to the registered address, and the page is the same for all (D9)."""
    form = bind(request, ForgottenLoginForm)
    status, number = _asked_of(request, form, "forgotten_login")
    if status:
        return render(request, "recovery/forgotten_login.html", {"form": form, "number": number}, status=status)
    answer = recovery.forgotten_login(
        cofor=form.cleaned_data["cofor"], email=form.cleaned_data["email"], browser=browser_of(request),
        actor=actor(request), now=clock.now(),
    )  # fmt: skip
    return render(request, "recovery/login_asked.html", {"number": read_aloud(answer.number)})


def _asked_of(request: HttpRequest, form: PortalForm, door: str) -> tuple[int, str]:
    """The status of the page that shows the form, or 0 when it was filled in and may be answered; and the number of the
    refusal, if it is one.

    What is refused here depends on what was typed and on the network address, never on what is registered. The number
    is one for the whole hour and says nothing of what was typed.
    """
    if not form.is_bound or was_switched(request):
        return 200, ""
    if not form.is_valid():
        return 422, ""
    now = clock.now()
    allowance = hit("recovery_address", client_network(request), now=now)
    if allowance:
        return 0, ""
    noted = entry.note_failure(
        door=door, typed="", person=None, reason="form_paused", paused_until=allowance.again_at, actor=actor(request),
        now=now,
    )  # fmt: skip
    form.add_error(
        None, _("Too many tries were made from here. Try again after %(hour)s.") % {"hour": hour(allowance.again_at)}
    )
    return 429, read_aloud(noted.number)


def browser_of(request: HttpRequest) -> dict[str, str]:
    """The browser in words, in every language: whose mail it stands in is known later."""
    found = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            found[code] = describe(request.headers.get("User-Agent", ""))
    return found


def _personal(answer: Matched, typed: dict[str, Any]) -> dict[str, Any]:
    """The page of a full match: the diagnosis at its top, then the form of its branch.

    The form holds what was typed and nothing that is registered: three values do not buy a name and a phone number.
    """
    person, company = answer.person, answer.membership.company
    known = {name: typed[name] for name in ("email", "login", "cofor")}
    to_plsas = answer.branch is Branch.PLSAS and bool(answer.plsas) and company.active
    # Who is kept out needs more than a new password; nobody brings a deleted login back.
    barred = person.state != LoginState.DELETED and not may_enter(person, answer.memberships)
    if barred:
        words = _("My B2B login %(login)s is not active. Can you make it active again, and send me a new link?")
    else:
        words = _("I have forgotten my password. My B2B login is %(login)s. Can you send me a new link?")
    steps = steps_of(answer, clock.now())
    context: dict[str, Any] = {
        "answer": answer,
        "person": person,
        "company": company,
        "steps": steps,
        "paused": any(step.name == "pause" and not step.holds for step in steps),
        "to_plsas": to_plsas,
        "barred": barred,
        "own_lift": Lifter.OWNER in lifters_of(person),
        "temporary": brand.current().policies.recovery == "temporary_password",
        "hour": hour(answer.again_at) if answer.again_at else "",
        "number": read_aloud(answer.number) if answer.number else "",
    }
    if to_plsas:
        context["relay"] = PlsaMessageForm(initial=known | {"comments": words % {"login": person.login}})
    elif answer.branch in {Branch.PLSAS, Branch.ASSISTANCE}:
        context["contact"] = ContactForm(initial=known | {"subject": _("Forgotten password")})
    return context
