"""The page behind the link of a forgotten password (D8). Opening it spends nothing; its button does (decision 9)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from passerelle.accounts.models import Person
from passerelle.accounts.rules import may_use_login
from passerelle.core import clock
from passerelle.core.actor import Actor, ActorKind
from passerelle.core.errors import Refused
from passerelle.entry import actions as entry
from passerelle.entry.actions.recovery import choose_password
from passerelle.entry.rules.recovery import overtaken
from passerelle.limits.check import hit
from passerelle.mail import links
from passerelle.mail.links import LinkState, LinkStatus
from passerelle.portal.session import devices
from passerelle.portal.session.forms import NewPasswordForm
from passerelle.web.access import never_stored, open_page
from passerelle.web.credentials import read_aloud
from passerelle.web.devices import describe
from passerelle.web.forms import bind, was_switched
from passerelle.web.passwords import password_words, rules_for
from passerelle.web.requests import client_address

CODES = {"unknown": 404, "used": 200, "closed": 200}


@open_page
@never_stored
@sensitive_post_parameters("new_password")
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a new password; every session ends, and one signs in with it, second factor included."""
    now = clock.now()
    state = links.find(token, "recovery", now)
    person = Person.objects.filter(key=state.link.subject_key).first() if state.link else None
    if ended := _stops(state, person):
        return _ended(request, ended)
    assert state.link is not None and person is not None  # noqa: PT018
    if request.method != "POST":
        links.mark_opened(state.link, now)
    form = bind(request, NewPasswordForm)
    sent, status, number = form.is_bound and not was_switched(request), 200, ""
    if sent:
        status = 422
        if form.is_valid():
            allowance = hit("link_form", state.link.key, now=now)
            if not allowance:
                form.add_error(None, _("Too many tries. Try again in an hour."))
                status = 429
                number = entry.note_failure(
                    door="forgotten_password", typed=person.login, person=person, reason="link_limit",
                    paused_until=allowance.again_at, actor=_holder(request, state.link.key, person), now=now,
                ).number  # fmt: skip
            elif done := _choose(request, form, state.link.key, person):
                return done
    rules = rules_for(person, has_factor=person.second_factors.exists())
    context = {"form": form, "person": person, "rules": rules, "number": read_aloud(number) if number else ""}
    return render(request, "recovery/choose.html", context, status=status)


def _stops(state: LinkState, person: Person | None) -> str:
    """Why the link sets no password; empty when it does."""
    if state.link is None or person is None:
        return LinkStatus.UNKNOWN.value
    if state.status is not LinkStatus.VALID:
        return state.status.value
    if overtaken(person, state.link):
        return "overtaken"
    return "" if may_use_login(person) else "closed"


def _ended(request: HttpRequest, status: str) -> HttpResponse:
    return render(request, "recovery/link_ended.html", {"status": status}, status=CODES.get(status, 410))


def _holder(request: HttpRequest, link_key: str, person: Person) -> Actor:
    return Actor(ActorKind.LINK, key=link_key, name=person.get_full_name(), address=client_address(request))


def _choose(request: HttpRequest, form: NewPasswordForm, link_key: str, person: Person) -> HttpResponse | None:
    holder = _holder(request, link_key, person)
    with override(person.language):
        browser = describe(request.headers.get("User-Agent", ""))
    try:
        person = choose_password(
            link_key=link_key, password=form.cleaned_data["new_password"], browser=browser, actor=holder,
            now=clock.now(),
        )  # fmt: skip
    except Refused as refusal:
        if refusal.code == "password":
            for fault in password_words(refusal):
                form.add_error("new_password", fault)
            return None
        return _ended(request, refusal.code.removeprefix("link_").replace("login_closed", "closed"))
    response = render(request, "recovery/chosen.html", {"person": person})
    devices.remember(request, response, person)
    return response
