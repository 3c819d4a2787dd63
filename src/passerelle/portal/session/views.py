"""Signing in and out, and the first password (A1, D1, D2, D4)."""

from __future__ import annotations

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters

from passerelle.accounts.models import Person
from passerelle.core import clock
from passerelle.core.actor import Actor, ActorKind
from passerelle.core.errors import Refused
from passerelle.entry import actions as entry
from passerelle.mail import links
from passerelle.mail.links import LinkStatus
from passerelle.opening import actions as opening
from passerelle.portal.access.words import refusal_words
from passerelle.portal.session import enter
from passerelle.portal.session.attempt import Right, attempt
from passerelle.portal.session.enter import home_address as home_address
from passerelle.portal.session.forms import NewPasswordForm, SignInForm
from passerelle.portal.session.words import after, refused_words
from passerelle.provider import registration
from passerelle.web.access import never_stored, open_page, safe_next
from passerelle.web.forms import bind, was_switched
from passerelle.web.navigation import address
from passerelle.web.passwords import password_words, rules_for
from passerelle.web.requests import actor, client_address


@open_page
@never_stored
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """One answer for unknown, deleted, suspended, blocked and wrong; only a pause is shown (D2, decision 14)."""
    if request.user.is_authenticated and request.method == "GET":
        return redirect(safe_next(request, home_address(request.user)))
    form = bind(request, SignInForm)
    sent = form.is_bound and not was_switched(request)
    refusal = None
    if sent and form.is_valid():
        outcome = attempt(request, form.cleaned_data["login"], form.cleaned_data["password"])
        if isinstance(outcome, Right):
            return enter.begin(request, outcome.person, outcome.lane)
        refusal = outcome
        form.add_error(None, refused_words(refusal))
    context = {
        "form": form,
        "by_provider": registration() is not None,
        "next": request.POST.get("next") or request.GET.get("next", ""),
        "password_url": address("forgotten-password/"),
        "login_url": address("forgotten-login/"),
        **after(refusal),
    }
    busy = refusal is not None and refusal.busy
    response = render(request, "session/sign_in.html", context, status=429 if busy else 422 if sent else 200)
    if busy:
        response["Retry-After"] = "5"
    return response


@open_page
@never_stored
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere this session reaches (D4). GET shows the button, POST ends the session."""
    if request.method == "POST":
        if request.user.is_authenticated:
            who = actor(request)
            logout(request)
            entry.note_sign_out(person_key=who.key, actor=who, now=clock.now())
        return render(request, "session/signed_out.html")
    if not request.user.is_authenticated:
        return render(request, "session/signed_out.html")
    return render(request, "session/sign_out.html")


@open_page
@never_stored
@sensitive_post_parameters("new_password")
def activation(request: HttpRequest, token: str) -> HttpResponse:
    """Choose the first password by the link of the activation mail; then sign in with it."""
    state = links.find(token, "activation", clock.now())
    person = Person.objects.filter(key=state.link.subject_key).first() if state.link else None
    if state.link is None or person is None or state.status is not LinkStatus.VALID:
        code = {LinkStatus.UNKNOWN: 404, LinkStatus.USED: 200}.get(state.status, 410)
        return render(request, "session/link_ended.html", {"status": state.status.value}, status=code)
    if request.method == "GET":
        links.mark_opened(state.link, clock.now())
    form = bind(request, NewPasswordForm)
    sent = form.is_bound and not was_switched(request)
    if sent and form.is_valid():
        holder = Actor(ActorKind.LINK, key=state.link.key, name=person.get_full_name(), address=client_address(request))
        try:
            opening.activate(
                link_key=state.link.key, password=form.cleaned_data["new_password"], actor=holder, now=clock.now()
            )
        except Refused as refusal:
            if refusal.code != "password":
                words = str(refusal_words(refusal)) if refusal.code != "login_closed" else ""
                return render(request, "session/link_ended.html", {"status": "moved", "moved": words}, status=409)
            for fault in password_words(refusal):
                form.add_error("new_password", fault)
        else:
            return render(request, "session/password_saved.html", {"login": person.login})
    context = {"form": form, "person": person, "token": token, "rules": rules_for(person, has_factor=False)}
    return render(request, "session/choose_password.html", context, status=422 if sent else 200)
