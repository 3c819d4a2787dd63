"""Get an access: the analysis, and the form of each situation right there (C1–C5)."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.contrib import messages
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from passerelle.core import clock
from passerelle.core.actor import Actor
from passerelle.core.errors import Refused
from passerelle.limits.check import hit, peek
from passerelle.memberships.models import Access
from passerelle.opening import actions, queries
from passerelle.opening.enums import OpeningKind, OpeningState
from passerelle.opening.models import Opening
from passerelle.portal.access.forms import AnalysisForm, RequestForm, refuse_code
from passerelle.portal.access.result import blank_checks, counted, result_context
from passerelle.portal.access.sent import sent_only
from passerelle.portal.access.words import refusal_words
from passerelle.portal.help.forms import RelayForm
from passerelle.suppliers.models import Company
from passerelle.suppliers.queries import find_by_cofor
from passerelle.suppliers.rules import check_site, normalise_site
from passerelle.support import actions as support
from passerelle.support.models import Ticket
from passerelle.web.access import never_stored, open_page
from passerelle.web.context import SWITCH
from passerelle.web.dates import hour
from passerelle.web.forms import bind, was_switched
from passerelle.web.requests import actor, client_network

log = structlog.get_logger(__name__)


@open_page
@never_stored
@require_http_methods(["GET", "HEAD", "POST"])
def analysis(request: HttpRequest) -> HttpResponse:
    """The form and the six checks before any analysis; with `?cofor=` the result (decision 10).

    Only the language switch posts here: it takes along what was typed into the form of the result.
    """
    if request.method == "POST":
        return _switched(request) if was_switched(request) else redirect(request.get_full_path())
    if "cofor" not in request.GET or was_switched(request):
        form = bind(request, AnalysisForm, method="GET") if SWITCH in request.GET else AnalysisForm()
        return _form_page(request, form)
    form = AnalysisForm(request.GET)
    if not form.is_valid():
        return _form_page(request, form, status=422)
    try:
        allowance = counted(request)
        if not allowance:
            return _form_page(request, form, status=429, again_at=allowance.again_at)
        return _result_page(request, form.cleaned_data["cofor"], form.cleaned_data["site"])
    except DatabaseError:
        log.exception("analysis_unavailable")
        return _form_page(request, form, status=503, unavailable=True)


def _switched(request: HttpRequest) -> HttpResponse:
    return write_to_plsa(request) if "submission" in request.POST else request_access(request)


def _form_page(request: HttpRequest, form: AnalysisForm, *, status: int = 200, **more: object) -> HttpResponse:
    needs_proof = False
    if not more.get("unavailable"):
        try:
            needs_proof = not peek("analysis_free", client_network(request), now=clock.now())
        except DatabaseError:
            more["unavailable"], status = True, 503
    context = {"form": form, "checks": blank_checks(), "needs_proof": needs_proof, **more}
    return render(request, "access/analysis.html", context, status=status)


def _result_page(
    request: HttpRequest, cofor: str, site: str, *, status: int = 200, form: object = None, relay: object = None
) -> HttpResponse:
    now = clock.now()
    result = queries.analyse(cofor, site=site, now=now)
    context = result_context(request, result, now=now, form=form, relay=relay)
    log.info("analysis", reference=context["reference"], cofor=result.cofor, reason=result.verdict.reason)
    return render(request, "access/result.html", context, status=status)


def _posted_code(request: HttpRequest) -> str:
    """The code a form of the result page carries along; a page nobody made for us is not found."""
    try:
        return refuse_code(request.POST.get("cofor", "")[:40])
    except Exception as error:
        raise Http404 from error


def _posted_site(request: HttpRequest) -> str:
    """The site the result was asked for, as `AnalysisForm` takes it; empty where there was none."""
    typed = request.POST.get("site", "")[:20]
    if typed.strip() and not check_site(typed):
        raise Http404
    return normalise_site(typed)


def _result_address(cofor: str, site: str = "") -> str:
    address = f"{reverse('access:analysis')}?cofor={cofor}"
    return f"{address}&site={site}" if site else address


@open_page
@never_stored
@sent_only
def request_access(request: HttpRequest) -> HttpResponse:
    """Take in the request of the result page (C5). Faults are shown on that same page, nothing typed is lost."""
    cofor = _posted_code(request)
    site = _posted_site(request)
    if was_switched(request):
        initial = {part: _typed(request, part) for part in ("requester", "representative", "plsa")}
        return _result_page(request, cofor, site, form=RequestForm(initial=initial))
    form = RequestForm(request.POST)
    if not form.is_valid():
        return _result_page(request, cofor, site, status=422, form=form)
    now, who = clock.now(), actor(request)
    if not (allowed := hit("request", who.network, now=now)):
        form.requester.add_error(
            None, _("Too many requests from here. Try again after %(hour)s.") % {"hour": hour(allowed.again_at)}
        )
        return _result_page(request, cofor, site, status=429, form=form)
    requester, representative, plsa = form.people()
    try:
        outcome = actions.request_access(
            cofor=cofor, site_code=site, requester=requester, representative=representative, plsa=plsa,
            language=get_language() or "en", actor=who, now=now,
        )  # fmt: skip
    except Refused as refusal:
        messages.warning(request, refusal_words(refusal))
        return redirect(_result_address(cofor, site))
    if not outcome.created:
        messages.info(request, _("You have asked already. This is your first request; nothing was sent twice."))
    return redirect("access:requested", key=outcome.opening.key)


def _typed(request: HttpRequest, part: str) -> dict[str, str]:
    names = ("last_name", "first_name", "email", "phone", "function", "same_as")
    return {name: request.POST.get(f"{part}-{name}", "")[:254] for name in names}


@open_page
@never_stored
@require_GET
def requested(request: HttpRequest, key: str) -> HttpResponse:
    """The confirmation of a request, reachable again by its address: reference, where it stands, what happens next."""
    opening = queries.by_key(key)
    if opening is None:
        raise Http404
    result = queries.analyse(opening.company.cofor, now=clock.now())
    return render(request, "access/requested.html", {"opening": opening, "result": result, "states": OpeningState})


@open_page
@never_stored
@sent_only
def send_again(request: HttpRequest) -> HttpResponse:
    """Send the legal representative's mail again, to the address on file, at most three times a day (C6)."""
    cofor, now = _posted_code(request), clock.now()
    opening = _awaiting(cofor)
    if opening is None:
        return _ask_representative(request, cofor)
    if not hit("resend", opening.key, now=now):
        return _too_often(request, cofor)
    return _act(
        request, cofor, _("We have sent the e-mail again. The earlier link no longer works."),
        lambda who: actions.resend_terms(opening_key=opening.key, actor=who, now=now),
    )  # fmt: skip


def _awaiting(cofor: str) -> Opening | None:
    """The claim whose representative is waited for; of an opened company, the acceptance of newer terms."""
    company = find_by_cofor(cofor)
    if company is None:
        raise Http404
    kind = OpeningKind.RENEWAL if Access.objects.filter(company=company).exists() else OpeningKind.OPENING
    found = Opening.objects.filter(company=company, state=OpeningState.AWAITING, kind=kind)
    return found.order_by("-state_since", "-pk").first()


def _ask_representative(request: HttpRequest, cofor: str) -> HttpResponse:
    now = clock.now()
    company = find_by_cofor(cofor)
    if company is None:
        raise Http404
    if not hit("resend", f"designation:{company.key}", now=now):
        return _too_often(request, cofor)
    return _act(
        request, cofor, _("We have written to your company's legal representative."),
        lambda who: actions.ask_designation(cofor=cofor, language=get_language() or "en", actor=who, now=now),
    )  # fmt: skip


def _too_often(request: HttpRequest, cofor: str) -> HttpResponse:
    messages.warning(
        request, _("This e-mail was sent several times today already. Ask its reader to look in the spam folder.")
    )
    return redirect(_result_address(cofor, _posted_site(request)))


def _act(request: HttpRequest, cofor: str, done: str, act: Callable[[Actor], object]) -> HttpResponse:
    """Do one thing for the result page and show it again with what came of it."""
    back = _result_address(cofor, _posted_site(request))
    try:
        act(actor(request))
    except Refused as refusal:
        messages.warning(request, refusal_words(refusal))
    else:
        messages.success(request, done)
    return redirect(back)


@open_page
@never_stored
@sent_only
def ask_designation(request: HttpRequest) -> HttpResponse:
    """Ask the legal representative to name a PLSA (check 6)."""
    return _ask_representative(request, _posted_code(request))


@open_page
@never_stored
@sent_only
def send_activation(request: HttpRequest) -> HttpResponse:
    """Send the activation link again to a PLSA who has not chosen a password yet (C1)."""
    cofor, now = _posted_code(request), clock.now()
    company: Company | None = find_by_cofor(cofor)
    if company is None:
        raise Http404
    if not hit("resend", f"activation:{company.key}", now=now):
        return _too_often(request, cofor)
    return _act(
        request, cofor, _("We have sent the activation e-mail again."),
        lambda who: actions.resend_activation(company_key=company.key, actor=who, now=now),
    )  # fmt: skip


@open_page
@never_stored
@sent_only
def write_to_plsa(request: HttpRequest) -> HttpResponse:
    """Pass a message on to the PLSAs of the company, without showing their addresses (C3)."""
    cofor, site = _posted_code(request), _posted_site(request)
    relay = bind(request, RelayForm)
    if not relay.is_bound or not relay.is_valid():
        return _result_page(request, cofor, site, relay=relay, status=200 if was_switched(request) else 422)
    company, now, who = find_by_cofor(cofor), clock.now(), actor(request)
    if company is None:
        raise Http404
    if not (hit("relay", who.network, now=now) and hit("relay_company", company.key, now=now)):
        relay.add_error(None, _("Several messages were sent to this company already. Try again tomorrow."))
        return _result_page(request, cofor, site, relay=relay, status=429)
    try:
        ticket = _relay(relay, company, who)
    except Refused as refusal:
        messages.warning(request, refusal_words(refusal))
        return redirect(_result_address(cofor, site))
    messages.success(
        request,
        _("Your message was passed on. Its reference is %(reference)s.") % {"reference": ticket.reference},
    )
    return redirect(_result_address(cofor, site))


def _relay(form: RelayForm, company: Company, who: Actor) -> Ticket:
    return support.relay(
        company_key=company.key, language=get_language() or "en", actor=who, now=clock.now(), **form.message()
    )
