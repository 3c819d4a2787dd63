"""Companies of the Suppliers Database: search, one company with all that is known of it, its access (H1, H3, B5)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from passerelle import brand
from passerelle.audit.models import Event
from passerelle.backoffice.addresses import view_of
from passerelle.backoffice.checks import inside
from passerelle.backoffice.history import lines
from passerelle.backoffice.mails.lines import of_company
from passerelle.backoffice.suppliers.forms import CompaniesForm, SuspendForm
from passerelle.backoffice.words import LOGIN_KINDS, LOGIN_REASONS, STATE_KINDS, Words
from passerelle.core import clock
from passerelle.core.actor import Actor
from passerelle.core.errors import Refused
from passerelle.core.powers import Verb, may
from passerelle.memberships import actions as memberships
from passerelle.memberships.models import Access, Membership
from passerelle.memberships.queries import of_company as members_of
from passerelle.opening import actions as openings
from passerelle.opening.enums import PartyRole
from passerelle.opening.models import Opening
from passerelle.suppliers.models import Company
from passerelle.suppliers.queries import find_by_key, search
from passerelle.support.models import Ticket
from passerelle.web.access import safe_next, staff_page
from passerelle.web.pagination import Page, keyset
from passerelle.web.requests import actor

FEW = 20
# By what the search found a company; a name needs no saying.
FOUND_BY: dict[str, Words] = {
    "cofor": gettext_lazy("by its COFOR"),
    "duns": gettext_lazy("by its D-U-N-S Number"),
    "suco": gettext_lazy("by a SUCO"),
    "vat_number": gettext_lazy("by its VAT number"),
    "registration_number": gettext_lazy("by its registration number"),
    "contact_email": gettext_lazy("by a mailbox on record"),
    "email_domain": gettext_lazy("by a mail domain on record"),
}


@staff_page(Verb.SEE_COMPANIES)
@require_safe
def companies(request: HttpRequest) -> HttpResponse:
    """Companies by name, or those that a text names, best first."""
    form = CompaniesForm(request.GET)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    page, by = _found(request, text) if text else (_by_name(request), {})
    rows = [{"company": company, "by": FOUND_BY.get(by.get(company.pk, ""), "")} for company in page]
    context = {"form": form, "page": page, "rows": rows, "text": text, "unfiltered": request.path}
    return render(request, "backoffice/companies/list.html", context)


def _by_name(request: HttpRequest) -> Page:
    return keyset(request, Company.objects.all(), order=("name_key", "pk"))


def _found(request: HttpRequest, text: str) -> tuple[Page, dict[int, str]]:
    """The page of the search that `?page=` asks for, and by what each company was found."""
    asked = request.GET.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) <= 4 else 1
    results = search(text, page=number)
    page = Page(
        [row.company for row in results.found],
        previous_url=view_of(request, page=str(results.page - 1)) if results.page > 1 else "",
        next_url=view_of(request, page=str(results.page + 1)) if results.more else "",
    )
    return page, {row.company.pk: row.by for row in results.found}


def _load(key: str) -> Company:
    found = find_by_key(key)
    if found is None:
        raise Http404
    return found


@staff_page(Verb.SEE_COMPANIES)
@require_safe
def company(request: HttpRequest, key: str) -> HttpResponse:
    """Everything known of a company, as far as the powers of whoever asks go."""
    company, who, now = _load(key), actor(request), clock.now()
    analysis, checks = inside(company, site="", with_names=may(who, Verb.SEE_PEOPLE), now=now)
    context = {
        "company": company,
        "categories": [brand.current().category_name(row.code) for row in company.categories.order_by("code")],
        "sites": company.sites.order_by("code")[:FEW],
        "sucos": company.sucos.order_by("code")[:FEW],
        "contacts": company.contacts.order_by("email")[:FEW],
        "domains": company.email_domains.order_by("domain")[:FEW],
        "statuses": company.statuses.order_by("-since_at", "-pk")[:FEW],
        "analysis": analysis,
        "checks": checks,
        "access": Access.objects.filter(company=company).first(),
        "can_suspend": may(who, Verb.SUSPEND_ACCESS),
        "can_activate": may(who, Verb.DECIDE_OPENINGS) and analysis.activation_pending,
        **_seen_by(who, company, now),
    }
    return render(request, "backoffice/companies/company.html", context)


def _seen_by(who: Actor, company: Company, now: datetime) -> dict[str, Any]:
    """The parts that need a power of their own; None where the actor does not hold it."""
    members = members_of(company, now)[:FEW] if may(who, Verb.SEE_PEOPLE) else None
    events = Event.objects.filter(company_key=company.key).order_by("-at", "-pk")[:FEW]
    tickets = Ticket.objects.filter(company=company).order_by("-received_at", "-pk")[:FEW]
    return {
        "people": [_member(row) for row in members] if members is not None else None,
        "openings": _openings(company) if may(who, Verb.SEE_OPENINGS) else None,
        "tickets": tickets if may(who, Verb.SEE_TICKETS) else None,
        "mails": of_company(company.key) if may(who, Verb.SEE_MAILS) else None,
        "history": lines(events) if may(who, Verb.SEE_TRAIL) else None,
    }


def _member(row: Membership) -> dict[str, Any]:
    why = row.person.state_reason
    return {"row": row, "kind": LOGIN_KINDS[row.person.state], "reason": LOGIN_REASONS.get(why, why)}


def _openings(company: Company) -> list[dict[str, Any]]:
    rows = Opening.objects.filter(company=company).prefetch_related("parties").order_by("-requested_at", "-pk")[:FEW]
    return [
        {"opening": row, "kind": STATE_KINDS[row.state], "requester": row.party(PartyRole.REQUESTER)} for row in rows
    ]


@staff_page(Verb.SUSPEND_ACCESS)
@require_http_methods(["GET", "HEAD", "POST"])
def suspend(request: HttpRequest, key: str) -> HttpResponse:
    """Suspend a company's access: its people cannot enter until it is resumed (check 5)."""
    company = _load(key)
    form = SuspendForm(request.POST or None)
    if not (form.is_bound and form.is_valid()):
        status = 422 if form.is_bound else 200
        return render(request, "backoffice/companies/suspend.html", {"form": form, "company": company}, status=status)
    try:
        memberships.suspend_access(
            company_id=company.pk, reason=form.cleaned_data["reason"], actor=actor(request), now=clock.now()
        )
    except Refused as refusal:
        return _refused(request, company, refusal, typed=form.cleaned_data["reason"])
    messages.success(request, _("The access is suspended. Its people cannot enter until it is resumed."))
    return redirect("desk:company", key=key)


@staff_page(Verb.SUSPEND_ACCESS)
@require_POST
def resume(request: HttpRequest, key: str) -> HttpResponse:
    """Lift the suspension of a company's access."""
    company = _load(key)
    try:
        memberships.resume_access(company_id=company.pk, actor=actor(request), now=clock.now())
    except Refused as refusal:
        return _refused(request, company, refusal)
    messages.success(request, _("The access is resumed. Its people can enter again."))
    return redirect(safe_next(request, _page(request)))


@staff_page(Verb.DECIDE_OPENINGS)
@require_POST
def activation(request: HttpRequest, key: str) -> HttpResponse:
    """Send the activation again to the PLSAs who have not chosen a password yet."""
    company = _load(key)
    sent = openings.resend_activation(company_key=company.key, actor=actor(request), now=clock.now())
    if sent:
        words = ngettext(
            "The activation leaves to %(count)d PLSA, with a new link.",
            "The activation leaves to %(count)d PLSAs, with new links.",
            sent,
        )
        messages.success(request, words % {"count": sent})
    else:
        messages.info(request, _("No PLSA of the company waits for an activation: all have chosen a password."))
    return redirect(safe_next(request, _page(request)))


def _page(request: HttpRequest) -> str:
    """The company's own page: the address of an act without its last part."""
    return request.path.removesuffix("/").rpartition("/")[0] + "/"


def _refused(request: HttpRequest, company: Company, refusal: Refused, typed: str = "") -> HttpResponse:
    """Somebody else was faster, or there is nothing to suspend: say how it stands, by whom and since when."""
    if refusal.code == "no_power":
        raise PermissionDenied from refusal
    access = Access.objects.filter(company=company).first()
    last = Event.objects.filter(company_key=company.key, tag__startswith="memberships:access:").order_by("-pk").first()
    context = {
        "company": company,
        "access": access,
        "happened": lines([last])[0] if last else None,
        "typed": typed,
        "code": refusal.code,
    }
    return render(request, "backoffice/companies/overtaken.html", context, status=409)
