"""The pages behind the links: the legal representative's act, a new PLSA's designation, a contact's objection.

Opening a page spends nothing; its button does (decision 9). Every page has its states: valid, used, expired,
superseded, unknown, and frozen when the opening moved on in the meantime.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from passerelle.core import clock
from passerelle.core.actor import Actor, ActorKind
from passerelle.core.errors import Refused
from passerelle.limits.check import hit
from passerelle.mail import links
from passerelle.mail.links import LinkState, LinkStatus
from passerelle.mail.models import Link
from passerelle.opening import actions, queries
from passerelle.opening.actions.records import record_file
from passerelle.opening.enums import FINAL, OpeningKind, OpeningState, PartyRole
from passerelle.opening.models import Opening, Record
from passerelle.portal.access import repeated
from passerelle.portal.access.forms import AcceptanceForm, DesignationForm, NoteForm, PersonFields
from passerelle.portal.access.sent import sent_only
from passerelle.portal.access.words import refusal_words
from passerelle.terms.queries import current_text
from passerelle.web.access import never_stored, open_page
from passerelle.web.forms import bind, was_switched
from passerelle.web.requests import client_address

PATHS = {"terms": "access:terms", "designation": "access:designation", "objection": "access:objection"}


def _holder(request: HttpRequest, link: Link) -> Actor:
    """The holder of a link as an actor; the trail names the mailbox the link was sent to."""
    return Actor(ActorKind.LINK, key=link.key, name=link.recipient, address=client_address(request))


def _open(request: HttpRequest, token: str, purpose: str) -> tuple[LinkState, Opening | None]:
    """Look a link up for a page; the first opening goes into the ledger."""
    state = links.find(token, purpose, clock.now())
    if state.link is None:
        return state, None
    if request.method == "GET":
        links.mark_opened(state.link, clock.now())
    return state, queries.by_key(state.link.subject_key.partition(":")[0])


def _ended(
    request: HttpRequest, state: LinkState, opening: Opening | None, token: str, purpose: str
) -> HttpResponse | None:
    """The page of a link that no longer acts, or None when it does."""
    status, moved = str(state.status.value), ""
    if state.status is LinkStatus.VALID and opening is not None:
        refusal = _stops(opening, purpose)
        if refusal is None:
            return None
        status, moved = "moved", refusal_words(refusal)
    renewable = (
        state.status is LinkStatus.EXPIRED
        and purpose != "objection"
        and opening is not None
        and opening.state == OpeningState.AWAITING
    )
    context = {
        "status": status, "link": state.link, "opening": opening, "moved": moved, "renewable": renewable,
        "token": token, "purpose": purpose,
    }  # fmt: skip
    codes = {"unknown": 404, "used": 200, "moved": 200}
    return render(request, "access/link_ended.html", context, status=codes.get(status, 410))


def _stops(opening: Opening, purpose: str) -> Refused | None:
    """What keeps a good link from acting: the company was closed (H4), or the opening moved on."""
    if not opening.company.active:
        return Refused("cofor_inactive")
    if purpose == "objection":
        ended = opening.state in FINAL and opening.state != OpeningState.OPEN
        return Refused("opening_ended") if ended else None
    return None if opening.state == OpeningState.AWAITING else Refused("opening_move", state=opening.state)


@open_page
@never_stored
def terms(request: HttpRequest, token: str) -> HttpResponse:
    """Read the terms, confirm or correct the PLSA, accept (C7)."""
    state, opening = _open(request, token, "terms")
    form = bind(request, AcceptanceForm)
    person = _other_plsa(request, form)
    sent = form.is_bound and not was_switched(request)
    valid = sent and form.is_valid() and (person is None or person.is_valid())
    if ended := _ended(request, state, opening, token, "terms"):
        return (_accepted_before(state, form, person) if valid else None) or ended
    assert state.link is not None and opening is not None  # noqa: PT018
    if valid:
        if not hit("link_form", state.link.key, now=clock.now()):
            form.add_error("cofor", _("Too many tries. Try again in an hour."))
        elif done := _accept(request, state, opening, form, person):
            return done
    return _terms_page(request, token, opening, form, person, status=422 if sent else 200)


def _other_plsa(request: HttpRequest, form: AcceptanceForm) -> PersonFields | None:
    """The fields of another PLSA: bound when the representative chose to name one, filled in when only the language
    was switched."""
    if was_switched(request):
        return bind(request, PersonFields, prefix="other")
    if not form.is_bound or form.data.get("plsa") != "correct":
        return None
    return PersonFields(request.POST, prefix="other")


def _accepted_before(state: LinkState, form: AcceptanceForm, person: PersonFields | None) -> HttpResponse | None:
    """The thanks of the first press, for the second one of the very same form."""
    now = clock.now()
    link = repeated.just_used(state, now)
    if link is None or not hit("link_form", link.key, now=now):
        return None
    typed = form.cleaned_data
    plsa = person.data_of() if person else None
    record = repeated.acceptance_of(link, cofor=typed["cofor"], text_id=typed.get("text"), corrected_plsa=plsa)
    return redirect("access:accepted", key=record.key) if record else None


def _accept(
    request: HttpRequest, state: LinkState, opening: Opening, form: AcceptanceForm, person: PersonFields | None
) -> HttpResponse | None:
    assert state.link is not None
    language = get_language() or "en"
    text = current_text(language, clock.now())
    shown = form.cleaned_data.get("text")
    if text is None or shown != text.pk:
        form.add_error(None, refusal_words(Refused("terms_newer")))
        return None
    try:
        opening = actions.accept_terms(
            link_key=state.link.key, cofor=form.cleaned_data["cofor"], text_id=text.pk,
            corrected_plsa=person.data_of() if person else None, language=text.language,
            actor=_holder(request, state.link), now=clock.now(),
        )  # fmt: skip
    except Refused as refusal:
        if refusal.field or refusal.code in {"terms_newer", "plsa_staff"}:
            form.add_error(refusal.field or None, refusal_words(refusal))
            return None
        return _accepted_before(state, form, person) or _refused_page(request, refusal)
    record = opening.records.order_by("-made_at").first()
    return redirect("access:accepted", key=record.key) if record else redirect("access:analysis")


def _refused_page(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """Somebody else was faster, or the link was spent by another press: say what happened, not that it failed."""
    return render(request, "access/link_ended.html", {"status": "moved", "moved": refusal_words(refusal)}, status=409)


def _terms_page(
    request: HttpRequest,
    token: str,
    opening: Opening,
    form: AcceptanceForm,
    person: PersonFields | None,
    *,
    status: int,
) -> HttpResponse:
    text = current_text(get_language() or "en", clock.now())
    if form.is_bound and text is not None:
        # The text shown now is the one the next press accepts, also when a newer one came into effect meanwhile.
        form.data = {**form.data.dict(), "text": str(text.pk)}  # type: ignore[attr-defined]
    elif text is not None:
        form.initial["text"] = text.pk
    context = {
        "token": token, "opening": opening, "form": form,
        "other": person or PersonFields(prefix="other"), "correcting": person is not None,
        "people": {party.role: party for party in opening.parties.all()},
        "renewal": opening.kind == OpeningKind.RENEWAL, "text": text,
        "other_errors": _error_lines(person) if person else [],
    }  # fmt: skip
    return render(request, "access/terms.html", context, status=status)


def _error_lines(person: PersonFields) -> list[tuple[str, str]]:
    return [(str(errors[0]), str(person[name].id_for_label)) for name, errors in person.errors.items()]


@open_page
@never_stored
def refuse_terms(request: HttpRequest, token: str) -> HttpResponse:
    """ "I do not accept": what it means, an optional reason, one button."""
    return _note_page(request, token, "access/refuse_terms.html", actions.refuse_terms, "refused")


@open_page
@never_stored
def not_me(request: HttpRequest, token: str) -> HttpResponse:
    """ "This is not me": the opening stops until the Assistance has looked."""
    return _note_page(request, token, "access/not_me.html", actions.disown, "disowned")


def _note_page(
    request: HttpRequest, token: str, template: str, act: Callable[..., Opening], outcome: str, purpose: str = "terms"
) -> HttpResponse:
    state, opening = _open(request, token, purpose)
    if state.link is None and purpose == "terms":
        purpose = "designation"
        state, opening = _open(request, token, purpose)
    form = bind(request, NoteForm)
    valid = form.is_bound and not was_switched(request) and form.is_valid()
    if ended := _ended(request, state, opening, token, purpose):
        return (_noted_before(request, state, form, outcome) if valid else None) or ended
    assert state.link is not None and opening is not None  # noqa: PT018
    if valid:
        try:
            act(
                link_key=state.link.key, note=form.cleaned_data["note"], actor=_holder(request, state.link),
                now=clock.now(),
            )  # fmt: skip
        except Refused as refusal:
            return _noted_before(request, state, form, outcome) or _refused_page(request, refusal)
        return render(request, "access/link_done.html", {"outcome": outcome, "opening": opening})
    people = {party.role: party for party in opening.parties.all()}
    status = 422 if form.is_bound and form.errors else 200
    return render(
        request, template, {"form": form, "opening": opening, "token": token, "people": people}, status=status
    )


def _noted_before(request: HttpRequest, state: LinkState, form: NoteForm, outcome: str) -> HttpResponse | None:
    """What the first press of the very same form brought."""
    link = repeated.just_used(state, clock.now())
    opening = repeated.note_of(link, outcome, form.cleaned_data["note"]) if link else None
    if opening is None:
        return None
    return render(request, "access/link_done.html", {"outcome": outcome, "opening": opening})


@open_page
@never_stored
def objection(request: HttpRequest, token: str) -> HttpResponse:
    """A contact on record objects to an opening (decision 7)."""
    return _note_page(request, token, "access/objection.html", actions.object_to, "objected", "objection")


@open_page
@never_stored
def designation(request: HttpRequest, token: str) -> HttpResponse:
    """The legal representative names a PLSA for a company that has none."""
    state, opening = _open(request, token, "designation")
    form = bind(request, DesignationForm)
    sent = form.is_bound and not was_switched(request)
    valid = sent and form.is_valid()
    if ended := _ended(request, state, opening, token, "designation"):
        return (_designated_before(state, form) if valid else None) or ended
    assert state.link is not None and opening is not None  # noqa: PT018
    if valid:
        if not hit("link_form", state.link.key, now=clock.now()):
            form.add_error("cofor", _("Too many tries. Try again in an hour."))
        elif done := _designate(request, state, form):
            return done
    people = {party.role: party for party in opening.parties.all()}
    return render(
        request, "access/designation.html", {"form": form, "opening": opening, "token": token, "people": people},
        status=422 if sent else 200,
    )  # fmt: skip


def _designated_before(state: LinkState, form: DesignationForm) -> HttpResponse | None:
    now = clock.now()
    link = repeated.just_used(state, now)
    if link is None or not hit("link_form", link.key, now=now):
        return None
    record = repeated.designation_of(link, cofor=form.cleaned_data["cofor"], plsa=form.data_of())
    return redirect("access:accepted", key=record.key) if record else None


def _designate(request: HttpRequest, state: LinkState, form: DesignationForm) -> HttpResponse | None:
    assert state.link is not None
    try:
        opening = actions.designate(
            link_key=state.link.key, cofor=form.cleaned_data["cofor"], plsa=form.data_of(),
            actor=_holder(request, state.link), now=clock.now(),
        )  # fmt: skip
    except Refused as refusal:
        if refusal.field or refusal.code == "plsa_staff":
            form.add_error(refusal.field or "email", refusal_words(refusal))
            return None
        return _designated_before(state, form) or _refused_page(request, refusal)
    record = opening.records.order_by("-made_at").first()
    return redirect("access:accepted", key=record.key) if record else redirect("access:analysis")


@open_page
@never_stored
@sent_only
def new_link(request: HttpRequest, token: str) -> HttpResponse:
    """An expired link's one button: a new one, to the same address."""
    for purpose in ("terms", "designation"):
        state, opening = _open(request, token, purpose)
        if state.link is not None:
            break
    if state.link is None or opening is None:
        raise Http404
    context = {"opening": opening, "outcome": "resent"}
    if not hit("resend", opening.key, now=clock.now()):
        return render(request, "access/link_done.html", context | {"outcome": "too_often"}, status=429)
    try:
        actions.resend_terms(opening_key=opening.key, actor=_holder(request, state.link), now=clock.now())
    except Refused as refusal:
        return _refused_page(request, refusal)
    return render(request, "access/link_done.html", context)


@open_page
@never_stored
@require_GET
def accepted(request: HttpRequest, key: str) -> HttpResponse:
    """What the representative sees after the act, reachable again by its address: what was done, the record."""
    record = Record.objects.select_related("opening__company", "opening__acceptance__version").filter(key=key).first()
    if record is None:
        raise Http404
    opening = record.opening
    plsa = next((party for party in opening.parties.all() if party.role == PartyRole.PLSA), None)
    return render(request, "access/accepted.html", {"record": record, "opening": opening, "plsa": plsa})


@open_page
@never_stored
@require_GET
def record(request: HttpRequest, key: str, form: str) -> HttpResponse:
    """The record of an opening, as PDF or JSON (I8)."""
    if form not in {"pdf", "json"} or not Record.objects.filter(key=key).exists():
        raise Http404
    name, content_type, content = record_file(key, form)
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
