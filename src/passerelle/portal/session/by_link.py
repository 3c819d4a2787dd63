"""The pages behind the links of sign-in: lifting a block by a former password, making a browser known (D7).

Opening a page spends nothing; its button does (decision 9).
"""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from passerelle import jobs
from passerelle.accounts.backend import is_right, was_former
from passerelle.accounts.hashers import Busy, turn_at_a_door
from passerelle.accounts.models import Person
from passerelle.accounts.rules import fold_login, may_use_login, well_formed_login
from passerelle.core import clock
from passerelle.core.actor import Actor, ActorKind
from passerelle.core.errors import Refused
from passerelle.entry import actions as entry
from passerelle.entry.rules.devices import is_blocked_by_former_password
from passerelle.entry.tasks import send_device_link
from passerelle.limits import pauses
from passerelle.limits.check import hit
from passerelle.mail import links
from passerelle.mail.links import LinkState, LinkStatus
from passerelle.mail.models import Link
from passerelle.portal.session import devices
from passerelle.portal.session.attempt import Refusal
from passerelle.portal.session.forms import DeviceForm, LiftForm
from passerelle.portal.session.words import after, paused_words, refused_words
from passerelle.web.access import never_stored, open_page
from passerelle.web.credentials import read_aloud
from passerelle.web.dates import hour
from passerelle.web.forms import bind, was_switched
from passerelle.web.navigation import address
from passerelle.web.requests import actor, client_address, client_network

LANE = "sign_in_lift"
CODES = {"unknown": 404, "used": 200, "moved": 200, "sent": 200, "again": 200}


def _holder(request: HttpRequest, link: Link) -> Actor:
    return Actor(ActorKind.LINK, key=link.key, name=link.recipient, address=client_address(request))


def _open(request: HttpRequest, token: str, purpose: str) -> tuple[LinkState, Person | None]:
    """Look a link up for a page; the first opening goes into the ledger."""
    state = links.find(token, purpose, clock.now())
    if state.link is None:
        return state, None
    if request.method == "GET":
        links.mark_opened(state.link, clock.now())
    return state, Person.objects.filter(key=state.link.subject_key).first()


def _ended(request: HttpRequest, purpose: str, status: str, *, renewable: bool = False) -> HttpResponse:
    """The page of a link that no longer acts."""
    context = {"status": status, "purpose": purpose, "renewable": renewable}
    return render(request, "session/by_link_ended.html", context, status=CODES.get(status, 410))


# ---------------------------------------------------------------- lifting a block


@open_page
@never_stored
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def lift(request: HttpRequest, token: str) -> HttpResponse:
    """Lift the block by a former password: the current one is asked, and makes this browser known (decision 13)."""
    state, person = _open(request, token, "lift")
    if state.link is None or person is None:
        return _ended(request, "lift", "unknown")
    if not is_blocked_by_former_password(person):
        return _ended(request, "lift", "moved" if state.status is not LinkStatus.USED else "used")
    if state.status is not LinkStatus.VALID:
        expired = state.status is LinkStatus.EXPIRED
        if expired and request.method == "POST" and "again" in request.POST:
            return _lift_again(request, state.link, person)
        # A used link of a blocked login is one of an earlier block.
        again = state.status is LinkStatus.USED
        return _ended(request, "lift", "again" if again else state.status.value, renewable=expired)
    form = bind(request, LiftForm)
    sent = form.is_bound and not was_switched(request)
    context = {"form": form, "person": person, "password_url": address("forgotten-password/")}
    status = 422 if sent else 200
    if sent and form.is_valid():
        outcome = _lift(request, state.link, person, form.cleaned_data["password"])
        if isinstance(outcome, HttpResponse):
            return outcome
        form.add_error(None if outcome.paused_until or outcome.busy else "password", _lift_words(outcome))
        context |= after(outcome)
        status = 429 if outcome.busy else 422
    return render(request, "session/lift.html", context, status=status)


def _lift(request: HttpRequest, link: Link, person: Person, password: str) -> HttpResponse | Refusal:
    """Charge, compare, lift. The mailbox is proven, so the lane is the link's own: no stranger can pause it."""
    now, who = clock.now(), _holder(request, link)
    lane = pauses.claim(LANE, person.login_key, now=now)
    if not lane:
        noted = entry.note_failure(
            door="lift", typed=person.login, person=person, reason="lift_paused", paused_until=lane.paused_until,
            actor=who, now=now,
        )  # fmt: skip
        return Refusal(noted.number, evaluated=False, paused_until=lane.paused_until)
    try:
        with turn_at_a_door():
            right = is_right(person, password)
            if not right:
                was_former(None, password, now=now)
    except Busy:
        pauses.give_back(LANE, person.login_key, lane)
        return Refusal(entry.note_busy(door="lift", now=now), busy=True, evaluated=False)
    if not right:
        noted = entry.note_failure(
            door="lift", typed=person.login, person=person, reason="wrong_password", paused_until=lane.paused_until,
            actor=who, now=now,
        )  # fmt: skip
        return Refusal(noted.number, tries=lane.tries, left=lane.left)
    try:
        lifted = entry.lift_block(link_key=link.key, actor=who, now=now)
    except Refused as refusal:
        return _ended(request, "lift", _status_of(refusal))
    pauses.clear(LANE, person.login_key)
    response = render(request, "session/lifted.html", {"login": lifted.login})
    devices.remember(request, response, lifted)
    return response


def _status_of(refusal: Refused) -> str:
    return refusal.code.removeprefix("link_") if refusal.code.startswith("link_") else "moved"


def _lift_words(refusal: Refusal) -> str:
    if refusal.busy:
        return refused_words(refusal)
    if refusal.paused_until is not None:
        return paused_words(refusal.paused_until)
    return _("This is not your current password. Check it and try again")


def _lift_again(request: HttpRequest, link: Link, person: Person) -> HttpResponse:
    """A fresh link to the registered address, in place of the expired one."""
    now = clock.now()
    if hit("device_link", person.login_key, now=now):
        try:
            entry.send_lift_link(link_key=link.key, actor=_holder(request, link), now=now)
        except Refused as refusal:
            return _ended(request, "lift", _status_of(refusal))
    return _ended(request, "lift", "sent")


# ---------------------------------------------------------------- a browser that the login knows


@open_page
@never_stored
@require_http_methods(["GET", "HEAD", "POST"])
def device_ask(request: HttpRequest) -> HttpResponse:
    """Ask for the link that makes this browser known (decision 14). One answer, whether or not the login exists."""
    form, number = bind(request, DeviceForm), ""
    sent = form.is_bound and not was_switched(request)
    if sent and form.is_valid():
        now = clock.now()
        typed = fold_login(form.cleaned_data["login"])
        words, number = _too_many(request, typed)
        if not words:
            # The worker looks the login up, so that the answer takes as long for one that does not exist.
            asker = actor(request).address
            with transaction.atomic():
                jobs.enqueue(send_device_link, typed if well_formed_login(typed) else "", asker, str(now))
            return redirect(f"{reverse('session:device_ask')}?sent=1")
        form.add_error(None, words)
    context = {"form": form, "asked": "sent" in request.GET and not form.is_bound, "number": number}
    return render(request, "session/device_ask.html", context, status=422 if sent else 200)


def _too_many(request: HttpRequest, typed: str) -> tuple[str, str]:
    """The words and the number of a refusal; both empty when it may be asked. Nobody looks up whose login it is, so
    the Assistance reads what was typed and the page takes as long for every login."""
    now = clock.now()
    for name, value in (("recovery_address", client_network(request)), ("device_link", typed)):
        allowance = hit(name, value, now=now)
        if not allowance:
            by_login = name == "device_link"
            noted = entry.note_failure(
                door="device", typed=typed if by_login else "", person=None,
                reason="device_limit" if by_login else "form_paused", paused_until=allowance.again_at,
                actor=actor(request), now=now,
            )  # fmt: skip
            words = _(
                "This was asked too often. If the login exists, the newest link is in its mailbox; "
                "a new one can be asked for after %(hour)s."
            )
            return words % {"hour": hour(allowance.again_at)}, read_aloud(noted.number)
    return "", ""


@open_page
@never_stored
@require_http_methods(["GET", "HEAD", "POST"])
def device(request: HttpRequest, token: str) -> HttpResponse:
    """Make this browser known by a button. It is no reset: the password is still asked."""
    state, person = _open(request, token, "device")
    if state.link is None or person is None:
        return _ended(request, "device", "unknown")
    if state.status is not LinkStatus.VALID:
        return _ended(request, "device", state.status.value)
    if not may_use_login(person):
        return _ended(request, "device", "moved")
    if request.method != "POST" or was_switched(request):
        return render(request, "session/device.html", {"person": person})
    try:
        known = entry.make_device_known(link_key=state.link.key, actor=_holder(request, state.link), now=clock.now())
    except Refused as refusal:
        return _ended(request, "device", _status_of(refusal))
    response = render(request, "session/device_known.html", {"login": known.login})
    devices.remember(request, response, known)
    return response
