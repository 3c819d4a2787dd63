"""The gallery: every element in every variant, and every page in every state, in debug only.

A door shows its states here by registering them, from the `ready` of its app or from its urls:

    gallery.register("access-terms-expired", "access/result.html", {"analysis": …})
    gallery.register("access-open", lambda: {"template": "access/result.html", "analysis": …})
    gallery.register("sign-in-paused", "session/sign_in.html", sign_in_paused)

The context may be a mapping or a function that returns one, called at each showing. A function in the template's place
takes the request and returns a response, or a mapping with the key `template`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from passerelle.core import clock
from passerelle.web import errors
from passerelle.web.access import open_page
from passerelle.web.forms import CodeInput, PortalForm
from passerelle.web.pagination import Page

Context = Mapping[str, Any] | Callable[[], Mapping[str, Any]]
Shown = str | Callable[..., Any]


@dataclass(frozen=True)
class State:
    name: str
    shown: Shown
    context: Context


_STATES: dict[str, State] = {}


def register(name: str, shown: Shown, context: Context | None = None) -> None:
    """Add a state of a page under a name made of small letters, digits and hyphens. The last one of a name counts."""
    _STATES[name] = State(name, shown, context or {})


def states() -> list[str]:
    return sorted(_STATES)


class SampleForm(PortalForm):
    """One field of each kind."""

    cofor = forms.CharField(
        label=_("COFOR"),
        widget=CodeInput(width=10),
        help_text=_("6 letters or digits. You find it on your purchase orders."),
    )
    email = forms.EmailField(label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    phone = forms.CharField(
        label=_("Phone (optional)"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )
    password = forms.CharField(
        label=_("Password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    role = forms.ChoiceField(
        label=_("Who is the PLSA?"),
        help_text=_("This person manages the access of your colleagues."),
        widget=forms.RadioSelect,
        choices=[("me", _("I am")), ("representative", _("The legal representative")), ("other", _("Another person"))],
    )
    topics = forms.MultipleChoiceField(
        label=_("What is it about? (optional)"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("access", _("Access")), ("password", _("Password")), ("other", _("Something else"))],
    )
    subject = forms.ChoiceField(
        label=_("Subject"), choices=[("", _("Choose a subject")), ("access", _("Access")), ("password", _("Password"))]
    )
    comments = forms.CharField(label=_("Comments"), max_length=500, widget=forms.Textarea(attrs={"rows": 5}))
    attachment = forms.FileField(
        label=_("Attachments (optional)"), required=False, help_text=_("PDF, PNG or JPEG, up to 10 MB each.")
    )
    accept = forms.BooleanField(label=_("I accept the General Terms of Use on behalf of the company"))


@open_page
def index(request: HttpRequest) -> HttpResponse:
    _debug_only()
    now = clock.now()
    wrong = SampleForm(
        {
            "wrong-cofor": "A1B2",
            "wrong-email": "m.fournier.example",
            "wrong-phone": "1" * 220,
            "wrong-comments": "é" * 520,
            "wrong-role": "nobody",
        },
        prefix="wrong",
    )
    wrong.add_error("cofor", _("COFOR must be 6 characters. You entered 4."))
    context = {
        "now": now,
        "sample": SampleForm(prefix="sample"),
        "first": SampleForm(prefix="first"),
        "wrong": wrong,
        "states": states(),
        "kinds": ["ok", "warn", "err", "info", "mute"],
        "page": Page([], previous_url="?page=1", next_url="?page=3", range="26 – 50"),
        "cartouche": [(_("Reference"), "GA-7K2M-Q4XW"), (_("Asked on"), "2 March 2026")],
    }  # fmt: skip
    messages.success(request, _("The e-mail was sent again."))
    return render(request, "gallery/index.html", context)


@open_page
def state(request: HttpRequest, name: str) -> HttpResponse:
    _debug_only()
    found = _STATES.get(name)
    if found is None:
        raise Http404
    context = dict(found.context() if callable(found.context) else found.context)
    shown: Any = found.shown
    if callable(shown):
        answer = shown(request, **context)
        if isinstance(answer, HttpResponse):
            return answer
        context = dict(answer)
        shown = context.pop("template")
    return render(request, shown, context)


def _debug_only() -> None:
    if not settings.DEBUG:
        raise Http404


def _expired(request: HttpRequest, **context: Any) -> HttpResponse:
    """The page of an expired form as it looks after a real one."""
    return errors.expired_page(
        request, [("cofor", "A1B2C3"), ("comments", "Our plant moved.\nWho do we tell?")], **context
    )


def _area() -> dict[str, Any]:
    """What the frame of an area shows to somebody who is signed in."""
    home = [
        {"label": _("Home"), "url": "#home", "current": ""},
        {"label": _("Applications"), "url": "#applications", "current": ""},
    ]
    people = [
        {"label": _("Users"), "url": "#users", "current": "page", "count": 48},
        {"label": _("Invitations"), "url": "#invitations", "current": ""},
    ]
    return {
        "area_groups": [{"label": "", "links": home}, {"label": _("Access administration"), "links": people}],
        "page": Page([], previous_url="?page=1", next_url="?page=3", range="26 – 50"),
        "now": clock.now(),
    }


register("error-400", errors.bad_request)
register("error-403", errors.forbidden)
register("error-404", errors.not_found)
register("error-500", errors.server_error)
register("error-503", errors.unavailable)
register("error-503-until", errors.unavailable, lambda: {"until": clock.now()})
register("error-form-expired", _expired)
register("error-form-expired-with-password", _expired, {"left_out": True, "had_files": True})
register("error-form-from-elsewhere", lambda request: errors.expired_page(request, [], from_elsewhere=True))
register("layout-private", "gallery/private.html", _area)
register("layout-desk", "gallery/desk.html", _area)
