"""Another e-mail address: asked for here, confirmed from both mailboxes (D11)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from passerelle.accounts import queries
from passerelle.accounts.actions import email_changes as actions
from passerelle.accounts.models import EmailChange
from passerelle.core import clock
from passerelle.core.actor import Actor, ActorKind
from passerelle.core.errors import Refused
from passerelle.limits.check import hit
from passerelle.mail import links
from passerelle.mail.links import LinkStatus
from passerelle.portal.account.forms import EmailForm
from passerelle.portal.account.overview import person_of
from passerelle.web.access import never_stored, open_page
from passerelle.web.dates import hour
from passerelle.web.forms import bind, was_switched
from passerelle.web.proof import fresh_proof
from passerelle.web.requests import actor, client_address


@fresh_proof
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for another address. Whether it belongs to another login is told to that mailbox, never here."""
    person, now = person_of(request), clock.now()
    form = bind(request, EmailForm)
    sent = form.is_bound and not was_switched(request)
    status = 422 if sent else 200
    if sent and form.is_valid():
        allowed = hit("email_change", person.key, now=now)
        if not allowed:
            status = 429
            form.add_error(
                "email",
                _("You asked for several addresses today. Try again after %(hour)s.")
                % {"hour": hour(allowed.again_at)},
            )
        else:
            try:
                actions.ask_email_change(
                    person_id=person.pk, email=form.cleaned_data["email"], actor=actor(request), now=now
                )
            except Refused as refusal:
                form.add_error("email", _words(refusal))
            else:
                return redirect("account:email")
    context = {"form": form, "person": person, "change": queries.waiting_email_change(person, now)}
    return render(request, "account/email.html", context, status=status)


def _words(refusal: Refused) -> str:
    if refusal.code == "email_same":
        return _("This is your present address. Enter another one.")
    return _("We cannot write to this address. Check it and try again.")


@require_POST
def cancel(request: HttpRequest) -> HttpResponse:
    try:
        actions.cancel_email_change(person_id=person_of(request).pk, actor=actor(request), now=clock.now())
    except Refused:
        messages.info(request, _("No change of address is waiting."))
    else:
        messages.success(request, _("The change is stopped. Your e-mail address stays as it is."))
    return redirect("account:email")


@open_page
@never_stored
@require_http_methods(["GET", "HEAD", "POST"])
def old(request: HttpRequest, token: str) -> HttpResponse:
    """The link in the present mailbox: one button confirms, one stops the change (decision 9)."""
    return _link_page(request, token, "email_old")


@open_page
@never_stored
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, token: str) -> HttpResponse:
    """The link in the new mailbox."""
    return _link_page(request, token, "email_new")


_STATUS = {
    LinkStatus.VALID: 200, LinkStatus.USED: 200, LinkStatus.UNKNOWN: 404, LinkStatus.EXPIRED: 410,
    LinkStatus.SUPERSEDED: 410,
}  # fmt: skip


def _link_page(request: HttpRequest, token: str, purpose: str) -> HttpResponse:
    now = clock.now()
    state = links.find(token, purpose, now)
    change = queries.email_change(state.link.subject_key) if state.link else None
    outcome, status = state.status.value, _STATUS[state.status]
    if state.link is not None and change is not None and state.status is LinkStatus.VALID:
        if request.method == "POST":
            change, outcome, status = _answered(request, state.link.key, state.link.recipient, change)
        else:
            links.mark_opened(state.link, now)
    if change is not None and change.done_at and state.status is LinkStatus.SUPERSEDED:
        outcome, status = "done", 200  # the hours went by without the present mailbox
    context = {"status": outcome, "change": change, "link": state.link, "is_old": purpose == "email_old"}
    return render(request, "account/email_link.html", context, status=status)


def _answered(request: HttpRequest, link_key: str, recipient: str, change: EmailChange) -> tuple[EmailChange, str, int]:
    """Spend the link: the change as it stands then, the state the page shows, and its status."""
    holder = Actor(ActorKind.LINK, key=link_key, name=recipient, address=client_address(request))
    stops = request.POST.get("answer") == "stop"
    act = actions.stop_email_change if stops else actions.confirm_email_change
    try:
        change = act(link_key=link_key, actor=holder, now=clock.now())
    except Refused as refusal:
        code = refusal.code.removeprefix("link_")
        known = code in {"used", "expired", "superseded"}
        return change, code if known else "over", 409
    if stops:
        return change, "stopped", 200
    if change.done_at:
        return change, "done", 200
    return change, "not_possible" if change.cancelled_at else "half", 200
