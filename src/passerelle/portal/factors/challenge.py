"""The second step of signing in: a passkey, a code, or a recovery code, within ten minutes of the password (D11)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters

from passerelle import brand
from passerelle.core import clock
from passerelle.core.errors import Refused
from passerelle.entry import actions as entry
from passerelle.limits import pauses
from passerelle.limits.check import forget, give_back, hit
from passerelle.portal.factors.forms import CodeForm, RecoveryForm
from passerelle.portal.factors.ways import RECOVERY, Ways, passkey_options, taken, ways_of
from passerelle.portal.factors.words import factor_words, is_ours, reason_of
from passerelle.portal.session import enter
from passerelle.web.access import never_stored, open_page, safe_next
from passerelle.web.credentials import read_aloud
from passerelle.web.dates import hour
from passerelle.web.forms import was_switched
from passerelle.web.requests import actor

LIMIT = "second_factor_login"


@open_page
@never_stored
@sensitive_post_parameters("code", "recovery", "credential")
def challenge(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor of somebody whose password was right. Wrong ones count as wrong passwords do."""
    if request.user.is_authenticated:
        return redirect(safe_next(request, enter.home_address(request.user)))
    waiting = enter.pending(request)
    if waiting is None:
        messages.info(request, _("The second step has to follow the password within 10 minutes. Sign in again."))
        return redirect("session:sign_in")
    ways, wrong, number = ways_of(waiting.person), "", ""
    form: CodeForm | RecoveryForm | None = None
    if not ways.factors:  # removed meanwhile, as somebody had asked: the password alone lets in
        return enter.complete(request, waiting.person)
    sent = request.method == "POST" and not was_switched(request)
    if sent:
        form = RecoveryForm(request.POST) if "recovery" in request.POST else None
        if form is None and "credential" not in request.POST:
            form = CodeForm(request.POST)
        if form is None or form.is_valid():
            answer, wrong, number = _try(request, waiting, ways)
            if answer is not None:
                return answer
            if form is not None:
                form.add_error(next(iter(form.fields)), wrong)
    context = {
        "ways": ways,
        "code_form": form if isinstance(form, CodeForm) else CodeForm(),
        "recovery_form": form if isinstance(form, RecoveryForm) else RecoveryForm(),
        "form": form,
        "errors": [wrong] if wrong and form is None else [],
        "by_recovery": isinstance(form, RecoveryForm),
        "number": number,
        "removal_hours": brand.current().policies.factor_removal_hours,
    }
    return render(request, "factors/challenge.html", context, status=422 if sent else 200)


def _try(request: HttpRequest, waiting: enter.Pending, ways: Ways) -> tuple[HttpResponse | None, str, str]:
    """Evaluate what was sent: the way in, or the words that refuse it with the number of the refusal.

    Tries are counted before they are evaluated, those of browsers that the login knows apart from all others. A
    passkey cannot be guessed, so it is never made to wait.
    """
    person, now, lane = waiting.person, clock.now(), waiting.lane
    counted = f"{person.key}:{lane.name}"
    pause = hit(LIMIT, counted, now=now)
    paused_until, reason = None, ""
    if not pause and "credential" not in request.POST:
        paused_until, reason = pause.again_at, "second_factor_paused"
        words = _("Codes are not taken until %(hour)s, to protect the login.") % {"hour": hour(pause.again_at)}
    else:
        try:
            way = taken(request, person, ways, purpose="enter", now=now)
        except Refused as refusal:
            words, reason = factor_words(refusal), reason_of(refusal)
            if is_ours(refusal):
                give_back(LIMIT, counted, now=now)
            else:
                pauses.claim(lane.name, lane.value, now=now)
    if reason:
        noted = entry.note_failure(
            door="second_factor", typed=person.login, person=person, reason=reason, paused_until=paused_until,
            known_device=lane.known_device, actor=actor(request), now=now,
        )  # fmt: skip
        return None, words, read_aloud(noted.number)
    forget(LIMIT, counted, now=now)
    if way == RECOVERY:
        _tell_of_the_list(request, ways.codes - 1)
    return enter.complete(request, person, factor=way), "", ""


def _tell_of_the_list(request: HttpRequest, left: int) -> None:
    words = ngettext(
        "You signed in with a recovery code. %(count)d code of your list is left.",
        "You signed in with a recovery code. %(count)d codes of your list are left.",
        left,
    )
    messages.warning(request, words % {"count": left})


@open_page
@never_stored
def challenge_passkey(request: HttpRequest) -> HttpResponse:
    """What the browser is asked to prove a passkey with, for signing in."""
    waiting = enter.pending(request)
    if waiting is None:
        return HttpResponse(status=410)
    return passkey_options(request, waiting.person, purpose="enter")
