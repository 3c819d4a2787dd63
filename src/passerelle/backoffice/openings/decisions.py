"""What is decided on an opening at the desk: one address, one act each. A refusal of the action loses nothing typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.backoffice.history import line
from passerelle.backoffice.openings.dossier import dossier
from passerelle.backoffice.openings.forms import AgainForm, ApproveForm, Decision, RefuseForm, SettleForm, VerifyForm
from passerelle.backoffice.openings.views import decision_forms, load, show
from passerelle.core import clock
from passerelle.core.errors import Refused
from passerelle.core.powers import Verb
from passerelle.mail.render import preview
from passerelle.opening import actions, mails, queries
from passerelle.opening.enums import MOVES, OpeningState, RefusalReason, Step
from passerelle.opening.models import Opening
from passerelle.web.access import staff_page
from passerelle.web.requests import actor

# A second click comes within moments; whoever comes later is told what happened, by themselves too.
SAME_CLICK = timedelta(minutes=1)
# Somebody else was faster, or the opening moved by itself.
OVERTAKEN = frozenset({"opening_move", "already_open", "nothing_to_settle"})
FAULTS: dict[str, str | Promise] = {
    "cofor_inactive": _("The company is no longer active, so its access cannot open. Refuse the request."),
    "plsa_staff": _("The e-mail address of the PLSA belongs to a member of staff. The company must name another one."),
    "mail_address": _("An e-mail address of the request cannot be written to. Refuse the request and say why."),
    "not_open": _("The access of the company was never opened, so nothing can be added to it."),
    "note_missing": _("Write a note: the trail must say why"),
}
DECIDING = (
    Tag.OPENING_VERIFIED,
    Tag.OPENING_REFUSED,
    Tag.OPENING_OBJECTION_SETTLED,
    Tag.OPENING_PLSA_VERIFIED,
    Tag.OPENING_COMPLETED,
    Tag.OPENING_TERMS_SENT,
    Tag.OPENING_TERMS_REFUSED,
    Tag.OPENING_OBJECTED,
    Tag.OPENING_DISOWNED,
    Tag.OPENING_LAPSED,
    Tag.OPENING_CLOSED,
    Tag.OPENING_REMINDED,
)


@staff_page(Verb.DECIDE_OPENINGS)
@require_POST
def verify(request: HttpRequest, key: str) -> HttpResponse:
    """Vouch for the legal representative; the terms leave."""
    form = VerifyForm(request.POST, auto_id="verify_%s")
    done = _("Verified. The e-mail with the terms leaves to the legal representative.")
    return _decide(request, load(key), form, actions.verify, done, name="verify_form", tag=Tag.OPENING_VERIFIED)


@staff_page(Verb.DECIDE_OPENINGS)
@require_POST
def approve_plsa(request: HttpRequest, key: str) -> HttpResponse:
    """Vouch for the PLSA; the access opens."""
    form = ApproveForm(request.POST, auto_id="approve_%s")
    done = _("The access is open. The e-mails to the PLSA and to the legal representative leave.")
    return _decide(
        request, load(key), form, actions.approve_plsa, done, name="approve_form", tag=Tag.OPENING_PLSA_VERIFIED
    )


@staff_page(Verb.DECIDE_OPENINGS)
@require_POST
def settle(request: HttpRequest, key: str) -> HttpResponse:
    """Dismiss or uphold the objections to an opening."""
    form = SettleForm(request.POST, auto_id="settle_%s")
    done = _("The objection is settled.")
    return _decide(
        request, load(key), form, actions.settle, done, name="settle_form",
        tag=(Tag.OPENING_OBJECTION_SETTLED, Tag.OPENING_REFUSED),
    )  # fmt: skip


@staff_page(Verb.DECIDE_OPENINGS)
@require_POST
def send_again(request: HttpRequest, key: str) -> HttpResponse:
    """Send the terms to the legal representative again; the earlier link is void."""
    form = AgainForm(request.POST, auto_id="again_%s")
    done = _("The e-mail leaves again, with a new link. The earlier link no longer works.")
    return _decide(request, load(key), form, actions.revive, done, name="again_form", tag=Tag.OPENING_TERMS_SENT)


@staff_page(Verb.DECIDE_OPENINGS)
@require_http_methods(["GET", "HEAD", "POST"])
def refuse(request: HttpRequest, key: str) -> HttpResponse:
    """Refuse a request: first the e-mail as its reader will see it, then the act."""
    opening = load(key)
    form = RefuseForm(request.POST or None, initial={"seen": queries.mark(opening)}, auto_id="refuse_%s")
    if "send" in request.POST:
        done = _("The request is refused. The e-mail to the requester leaves.")
        return _decide(request, opening, form, actions.refuse, done, name="form", tag=Tag.OPENING_REFUSED)
    if Step.REFUSE not in MOVES[OpeningState(opening.state)]:
        return _overtaken(request, opening, form)
    return _refusal(request, opening, form)


def _refusal(request: HttpRequest, opening: Opening, form: RefuseForm, status: int = 200) -> HttpResponse:
    shown = None
    if form.is_bound and form.is_valid():
        facts = form.cleaned_data
        mail = mails.refused_draft(opening, reason=RefusalReason(facts["reason"]), note=facts["note"])
        shown = {"mail": mail, "rendered": preview(mail)}
    context = {"opening": opening, "company": opening.company, "form": form, "preview": shown}
    return render(request, "backoffice/openings/refuse.html", context, status=status)


def _decide(
    request: HttpRequest, opening: Opening, form: Decision, act: Callable[..., Opening], done: str | Promise, *,
    name: str, tag: Tag | tuple[Tag, ...],
) -> HttpResponse:  # fmt: skip
    """Run one decision. A refusal becomes an error of the form, or the page that says what happened meanwhile."""
    if not form.is_valid():
        return _again(request, opening, form, name)
    try:
        act(key=opening.key, actor=actor(request), now=clock.now(), **_arguments(form))
    except Refused as refusal:
        if refusal.code == "no_power":
            raise PermissionDenied from refusal
        if refusal.code in OVERTAKEN:
            if not _is_second_click(request, opening, form, tag):
                return _overtaken(request, load(opening.key), form)
        elif refusal.code in FAULTS:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(FAULTS[refusal.code]))
            return _again(request, opening, form, name)
        else:
            raise
    messages.success(request, str(done))
    return redirect("desk:opening", key=opening.key)


def _arguments(form: Decision) -> dict[str, Any]:
    facts = dict(form.cleaned_data)
    if "decision" in facts:
        facts["upheld"] = facts.pop("decision") == "uphold"
    if "reason" in facts:
        facts["reason"] = RefusalReason(facts["reason"])
    return facts


def _again(request: HttpRequest, opening: Opening, form: Decision, name: str) -> HttpResponse:
    if isinstance(form, RefuseForm):
        return _refusal(request, opening, form, status=422)
    return show(request, opening, status=422, **{name: form})


def _is_second_click(request: HttpRequest, opening: Opening, form: Decision, tag: Tag | tuple[Tag, ...]) -> bool:
    """Whether this very decision, with the same note, was taken by the same person a moment ago."""
    tags = tag if isinstance(tag, tuple) else (tag,)
    last = Event.objects.filter(subject_key=opening.key, tag__in=tags).order_by("-at", "-pk").first()
    return (
        last is not None
        and last.actor_key == actor(request).key
        and clock.now() - last.at < SAME_CLICK
        and last.new.get("note", "") == form.cleaned_data.get("note", "")
        and last.new.get("upheld", False) == (form.cleaned_data.get("decision") == "uphold")
    )


def _overtaken(request: HttpRequest, opening: Opening, form: Decision) -> HttpResponse:
    """The page that says what happened meanwhile, by whom and when. What was typed stands there to be used again."""
    last, typed = _last_decision(opening), form.data.get("note", "") if form.is_bound else ""
    context = {
        **dossier(opening, actor=actor(request), now=clock.now()),
        **decision_forms(opening, note=typed),
        "happened": line(last) if last else None,
        "by_me": last is not None and last.actor_key == actor(request).key,
        "typed": typed,
    }
    return render(request, "backoffice/openings/overtaken.html", context, status=409)


def _last_decision(opening: Opening) -> Event | None:
    """What moved the opening last. Of the lines one act wrote at one instant, the first says what it was."""
    events = Event.objects.filter(subject_key=opening.key, tag__in=DECIDING)
    newest = events.order_by("-at").values_list("at", flat=True).first()
    return events.filter(at=newest).order_by("pk").first() if newest else None
