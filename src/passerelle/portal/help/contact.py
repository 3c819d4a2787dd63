"""Writing to the Assistance: the contact form, "I do not know my COFOR", the confirmation, the copy (C4, G3)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from passerelle import brand
from passerelle.core import clock
from passerelle.core.actor import Actor, ActorKind
from passerelle.core.errors import Refused
from passerelle.limits.check import Allowance, hit
from passerelle.mail import links
from passerelle.mail.links import LinkStatus
from passerelle.memberships.queries import of_person
from passerelle.opening.enums import Reason
from passerelle.portal.help.forms import ContactForm, MessageForm, UnknownCodeForm
from passerelle.portal.help.search import read_query
from passerelle.portal.help.texts import texts
from passerelle.support import actions, queries
from passerelle.support.enums import TicketKind
from passerelle.web.access import never_stored, open_page
from passerelle.web.dates import hour
from passerelle.web.forms import bind
from passerelle.web.navigation import address
from passerelle.web.requests import actor, client_address, client_network

# Nobody types a message in a second. Browsers that fill forms in for people do, so it is no refusal: a message that
# comes sooner counts as three in the limit of its address.
FASTEST = timedelta(seconds=1)
WEIGHT_OF_FAST = 3

# Subjects that other pages ask for with `?topic=`.
TOPICS: dict[str, str | Promise] = {
    "login": gettext_lazy("Forgotten login"),
    "password": gettext_lazy("Forgotten password"),
    "blocked": gettext_lazy("Blocked access"),
    "present": gettext_lazy("Presentation of our company"),
    "accessibility": gettext_lazy("Accessibility of the portal"),
    "page": gettext_lazy("A page of the portal"),
}


@open_page
@never_stored
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest) -> HttpResponse:
    """The contact form; addresses may fill in `?subject=` or `?topic=`, `?cofor=`, `?reason=` and `?check=`."""
    signed_in = request.user.is_authenticated
    initial = _asked_for(request) | known_of(request)
    form = bind(request, ContactForm, signed_in=signed_in, initial=initial)
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            about = form.context()
            kind = TicketKind.ANALYSIS if about else TicketKind.CONTACT
            answer = _receive(request, form, kind, copy=form.cleaned_data["copy"], about=about)
            if isinstance(answer, HttpResponse):
                return answer
            status = answer
    context = {"form": form, "filled_in": signed_in and not form.is_bound, "help_address": address("help/")}
    return render(request, "help/contact.html", context, status=status)


@open_page
@never_stored
@require_http_methods(["GET", "HEAD", "POST"])
def unknown_code(request: HttpRequest) -> HttpResponse:
    """ "I do not know my company COFOR" (C4)."""
    form = bind(request, UnknownCodeForm, initial=known_of(request))
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            answer = _receive(request, form, TicketKind.COFOR_UNKNOWN)
            if isinstance(answer, HttpResponse):
                return answer
            status = answer
    context = {"form": form, "access_url": address("get-an-access/")}
    return render(request, "help/unknown_code.html", context, status=status)


def _receive(
    request: HttpRequest,
    form: MessageForm,
    kind: TicketKind,
    *,
    copy: bool = False,
    about: dict[str, str] | None = None,
) -> HttpResponse | int:
    """Take the message in and lead to its confirmation; else the status of the page that shows the form again."""
    allowed = _counted(request, fast=form.was_fast(FASTEST))
    if not allowed:
        form.add_error(
            None,
            _("Too many messages were sent from here. Try again after %(hour)s, or write to %(address)s.")
            % {"hour": hour(allowed.again_at), "address": brand.current().contact.assistance_email},
        )
        return 429
    who = actor(request)
    registered = str(getattr(request.user, "email", "")) if request.user.is_authenticated else ""
    try:
        ticket = actions.receive(
            kind=kind, typed=form.typed(registered_email=registered, context=about or {}), submission=form.mark(),
            language=get_language() or "en", actor=who, now=clock.now(), copy=copy,
        )  # fmt: skip
    except Refused as refusal:
        form.add_error(refusal.field or None, _("We cannot write to this address. Check it and try again."))
        return 422
    return redirect("help:sent", key=ticket.key)


def _counted(request: HttpRequest, *, fast: bool) -> Allowance:
    where, now = client_network(request), clock.now()
    allowed = hit("ticket", where, now=now)
    for _again in range(WEIGHT_OF_FAST - 1 if fast else 0):
        hit("ticket", where, now=now)
    return allowed


def _asked_for(request: HttpRequest) -> dict[str, Any]:
    """What the address of the page fills in. Nothing of it is trusted: it only stands in boxes that people see."""
    topic = TOPICS.get(request.GET.get("topic", ""))
    reason = request.GET.get("reason", "")
    reason = reason if reason in Reason else ""
    subject = str(topic) if topic else read_query(request.GET.get("subject", ""))
    if reason and not subject:
        subject = texts(get_language() or "en").article(f"reason-{reason}").title
    asked = {"subject": subject, "cofor": read_query(request.GET.get("cofor", ""))[:20], "reason": reason}
    asked["check"] = read_query(request.GET.get("check", ""))[:40] if reason else ""
    return {name: value for name, value in asked.items() if value}


def known_of(request: HttpRequest) -> dict[str, Any]:
    """What the portal knows of a signed-in person, so that nothing is typed twice (G3)."""
    if not request.user.is_authenticated:
        return {}
    person: Any = request.user
    known = {
        "last_name": person.last_name,
        "first_name": person.first_name,
        "email": person.email,
        "phone": person.phone,
        "login": person.login,
    }
    members = of_person(person, clock.now())[:2]
    if len(members) == 1:
        known |= {"company_name": members[0].company.name, "cofor": members[0].company.cofor}
    return known


@open_page
@never_stored
@require_safe
def sent(request: HttpRequest, key: str) -> HttpResponse:
    """The confirmation: reference and what happens next; reachable again by its address. Nothing typed is on it."""
    ticket = queries.by_key(key)
    if ticket is None or ticket.kind == TicketKind.RELAY:
        raise Http404
    context = {"ticket": ticket, "help_address": address("help/"), "access_url": address("get-an-access/")}
    return render(request, "help/sent.html", context)


@open_page
@never_stored
@require_http_methods(["GET", "HEAD", "POST"])
def copy(request: HttpRequest, token: str) -> HttpResponse:
    """The link of an acknowledgement: its button sends the whole message to that mailbox (decisions 9, 21)."""
    now = clock.now()
    state = links.find(token, "copy", now)
    status = state.status.value
    code = {LinkStatus.UNKNOWN: 404, LinkStatus.EXPIRED: 410, LinkStatus.SUPERSEDED: 410}.get(state.status, 200)
    if state.link is not None and state.status is LinkStatus.VALID:
        if request.method != "POST":
            links.mark_opened(state.link, now)
        else:
            status = _send_copy(request, state.link.key, state.link.recipient)
    context = {"status": status, "link": state.link, "contact_url": reverse("help:contact")}
    return render(request, "help/copy.html", context, status=code)


def _send_copy(request: HttpRequest, link_key: str, recipient: str) -> str:
    holder = Actor(ActorKind.LINK, key=link_key, name=recipient, address=client_address(request))
    try:
        actions.send_copy(link_key=link_key, actor=holder, now=clock.now())
    except Refused as refusal:
        return refusal.code.removeprefix("link_")
    return "sent"
