"""Where a person is signed in, and what was tried with their login (D11)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from passerelle.accounts import queries
from passerelle.accounts.actions import sessions as actions
from passerelle.accounts.rules.sessions import session_handle
from passerelle.core import clock
from passerelle.core.errors import Refused
from passerelle.portal.account.overview import person_of
from passerelle.portal.account.words import sign_in
from passerelle.web.devices import describe
from passerelle.web.proof import fresh_proof, is_fresh
from passerelle.web.requests import actor


@fresh_proof
@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    """The open sessions, this one first, then the last used first. Who ends one proves afresh to be its owner."""
    own = request.session.session_key
    rows = [
        {"session": row, "handle": session_handle(row.session_key), "device": describe(row.device),
         "is_this": row.session_key == own}
        for row in queries.living_sessions(person_of(request), clock.now())
    ]  # fmt: skip
    rows.sort(key=lambda row: not row["is_this"])
    return render(request, "account/sessions.html", {"rows": rows, "others": len(rows) > 1})


@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """End one session. The one of this browser ends by signing out."""
    if not is_fresh(request):
        return redirect("account:sessions")
    handle = request.POST.get("session", "")
    if handle == session_handle(request.session.session_key or ""):
        return redirect("session:sign_out")
    try:
        row = actions.end_session(person_id=person_of(request).pk, handle=handle, actor=actor(request), now=clock.now())
    except Refused:
        messages.info(request, _("This session had ended already."))
    else:
        messages.success(request, _("The session is ended: %(device)s.") % {"device": describe(row.device)})
    return redirect("account:sessions")


@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    if not is_fresh(request):
        return redirect("account:sessions")
    person = person_of(request)
    ended = actions.end_other_sessions(
        person_id=person.pk, keep=request.session.session_key or "", actor=actor(request), now=clock.now()
    )
    person.refresh_from_db(fields=["sessions_ended_at"])
    if person.sessions_ended_at is not None:
        request.session["spared_at"] = person.sessions_ended_at.isoformat()
    if ended:
        words = ngettext("%(count)d other session is ended.", "%(count)d other sessions are ended.", ended)
        messages.success(request, words % {"count": ended})
    else:
        messages.info(request, _("You are signed in nowhere else."))
    return redirect("account:sessions")


@require_safe
def activity(request: HttpRequest) -> HttpResponse:
    """The last 20 sign-ins, successes and failures."""
    rows = [sign_in(event) for event in queries.activity(person_of(request))]
    return render(request, "account/activity.html", {"rows": rows})
