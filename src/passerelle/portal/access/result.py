"""What the result page shows of an analysis: stages and the next step, never a name, an address or a count."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest

from passerelle.audit.record import record
from passerelle.audit.tags import Tag
from passerelle.core import clock
from passerelle.core.actor import ActorKind
from passerelle.core.keys import reference
from passerelle.limits.check import Allowance, hit
from passerelle.opening.enums import CheckCode, CheckState, Reason
from passerelle.opening.rules import CHECK_NAMES, CHECK_TEXTS, Analysis, words_for
from passerelle.portal.access.forms import RequestForm
from passerelle.portal.help.forms import RelayForm
from passerelle.web.requests import actor, client_network
from passerelle.web.robots import proven

ASKS = frozenset({Reason.NO_REQUEST, Reason.REQUEST_REFUSED, Reason.REQUEST_LAPSED})


def blank_checks() -> list[dict[str, Any]]:
    """The six checks before any analysis: all not reached (C2)."""
    return [
        {
            "number": number, "code": code.value, "state": CheckState.NOT_REACHED.value, "name": CHECK_NAMES[code],
            "text": CHECK_TEXTS[code][0],
        }
        for number, code in enumerate(CheckCode, start=1)
    ]  # fmt: skip


def counted(request: HttpRequest) -> Allowance:
    """Count one analysis of this address. Beyond the free ones a proof of work keeps the wider limit; a browser that
    cannot give one has the tighter limit, never a dead end (decisions 10, 22)."""
    now, network = clock.now(), client_network(request)
    free = hit("analysis_free", network, now=now)
    total = hit("analysis", network, now=now)
    if free or not total or proven(request):
        return total
    return hit("analysis_without_proof", network, now=now)


def checks_of(analysis: Analysis) -> list[dict[str, Any]]:
    shown = []
    for check in analysis.checks:
        asked, passed = CHECK_TEXTS[check.code]
        shown.append(
            {
                "number": check.number,
                "code": check.code.value,
                "state": check.state.value,
                "name": CHECK_NAMES[check.code],
                "text": passed if check.state is CheckState.PASSED else asked,
            }
        )
    return shown


def may_ask_beside(analysis: Analysis) -> bool:
    """Whether somebody else's request is under way: another claim is taken in beside it (C5, decision 7)."""
    facts = analysis.facts
    return facts is not None and facts.active and facts.opened_at is None and analysis.reason not in ASKS


def result_context(
    request: HttpRequest, analysis: Analysis, *, now: datetime, form: object = None, relay: object = None
) -> dict[str, Any]:
    """Everything the result page needs. `form` and `relay` are half-filled forms of an earlier try."""
    reason = analysis.reason
    if reason is Reason.COFOR_UNKNOWN:
        alarm_on_runs(request, now=now)
    opening, beside = analysis.opening, may_ask_beside(analysis)
    asks = reason in ASKS or (beside and "ask" in request.GET)
    return {
        "result": analysis,
        "checks": checks_of(analysis),
        "words": words_for(reason),
        "reason": reason.value,
        "reference": reference("GA", 8),
        "checked_at": now,
        "opening": opening,
        "form": form or (RequestForm() if asks else None),
        "beside": beside,
        "relay": relay or (RelayForm() if reason is Reason.ACCESS_OPEN else None),
        "staff": actor(request).kind is ActorKind.STAFF,
    }


def alarm_on_runs(request: HttpRequest, *, now: datetime) -> None:
    """Write an alarm into the trail when one address runs through unknown codes: once, when the limit is passed."""
    found = hit("analysis_unknown", client_network(request), now=now)
    if found.count == found.limit + 1:
        with transaction.atomic():
            record(Tag.UNKNOWN_CODES_RUN, actor=actor(request), now=now, new={"codes": found.count})
