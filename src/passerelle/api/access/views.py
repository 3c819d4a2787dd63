"""The access analysis as a web service (C9): the same object as the page, the same limits without a key."""

from __future__ import annotations

from typing import Annotated, Any

import structlog
from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, get_language_from_request, override
from django.utils.translation import gettext as _
from ninja import Query, Router, Status

from passerelle import brand
from passerelle.accounts.queries import api_key
from passerelle.api.access.schemas import AnalysisOut, Problem
from passerelle.core import clock
from passerelle.limits.check import Allowance, hit
from passerelle.opening import queries
from passerelle.opening.rules import Analysis, words_for
from passerelle.suppliers.rules import check_cofor, check_site
from passerelle.web.requests import client_network

router = Router(tags=["Access"])
log = structlog.get_logger(__name__)


@router.get(
    "/access-analysis/{cofor}",
    response={200: AnalysisOut, 401: Problem, 422: Problem, 429: Problem, 503: Problem},
    summary="Where does the access of this company stand?",
    exclude_unset=True,
)
def access_analysis(
    request: HttpRequest,
    response: HttpResponse,
    cofor: str,
    site: Annotated[str, Query(max_length=40, description="A site code, optional")] = "",
    lang: Annotated[
        str, Query(max_length=10, description="A language of the portal, such as en; else Accept-Language")
    ] = "",
) -> Status[Any]:
    """Six checks in order, stopping at the first NO. Answers 200 for every well-formed code, known or not.

    Send a key as `Authorization: Bearer …` for a higher limit. Answers are not to be stored.
    """
    response["Cache-Control"] = "private, no-store"
    language = lang if lang in dict(settings.LANGUAGES) else get_language_from_request(request)
    with override(language):
        try:
            return _answer(request, response, cofor, site)
        except DatabaseError:
            log.exception("analysis_unavailable")
            words = _("The Suppliers Database cannot be read at present. Try again later.")
            return Status(503, problem("unavailable", words))


def _answer(request: HttpRequest, response: HttpResponse, cofor: str, site: str) -> Status[Any]:
    allowance = _allowance(request)
    if allowance is None:
        words = _("This key is not known, or was revoked. Send a living key, or none.")
        return Status(401, problem("key_unknown", words))
    if not allowance:
        response["Retry-After"] = str(max(1, int((allowance.again_at - clock.now()).total_seconds())))
        return Status(429, problem("too_many", _("Too many analyses. Try again later, or ask for a key.")))
    if not check_cofor(cofor[:60]) or len(cofor) > 60:
        codes = brand.current().codes
        words = _("The code must be %(length)d letters or digits, such as %(example)s.") % {
            "length": codes.cofor_length, "example": codes.cofor_example,
        }  # fmt: skip
        return Status(422, problem("cofor_malformed", words))
    if site.strip() and not check_site(site):
        words = _("The site code has letters A to Z, digits and hyphens only.")
        return Status(422, problem("site_malformed", words))
    analysis = queries.analyse(cofor, site=site, now=clock.now())
    return Status(200, as_json(analysis))


def _allowance(request: HttpRequest) -> Allowance | None:
    """The limit of the key, or of the address where no key came; None for a key nobody holds."""
    kind, _space, value = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer" and value:
        key = api_key(value.strip())
        return hit("analysis_key", key.key, now=clock.now()) if key else None
    return hit("analysis", client_network(request), now=clock.now())


def as_json(analysis: Analysis) -> dict[str, Any]:
    """The analysis in the contract's form."""
    verdict = analysis.verdict
    found: dict[str, Any] = {
        "cofor": analysis.cofor,
        "site": analysis.site,
        "checks": [
            {"number": check.number, "code": check.code.value, "state": check.state.value} for check in analysis.checks
        ],
        "stopped_at": analysis.stopped_at,
        "reason": verdict.reason,
        "actor": verdict.actor,
        "next": {
            "action": verdict.next_action,
            "label": str(words_for(analysis.reason).label),
            "help": f"/{get_language()}/help/#reason-{verdict.reason}",
        },
    }
    if analysis.site_known is not None:
        found["site_known"] = analysis.site_known
    return found


def problem(code: str, message: str) -> dict[str, str]:
    return {"code": code, "message": message}
