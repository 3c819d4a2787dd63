"""The six checks seen from inside (I1): everybody's analysis, each check with its reason, people and dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from passerelle import brand
from passerelle.accounts.enums import LoginState
from passerelle.backoffice.values import reason_words
from passerelle.backoffice.words import name_of
from passerelle.memberships.enums import MandateState
from passerelle.memberships.models import Access, Mandate
from passerelle.opening import queries
from passerelle.opening.enums import Basis, CheckCode, CheckState, OpeningState, RefusalReason
from passerelle.opening.models import Opening
from passerelle.opening.rules import Analysis
from passerelle.suppliers.models import Company
from passerelle.terms.models import Acceptance
from passerelle.terms.queries import latest_acceptance
from passerelle.web import dates

NAMES: dict[CheckCode, str | Promise] = {
    CheckCode.COFOR_EXISTS: gettext_lazy("The COFOR exists"),
    CheckCode.COFOR_ACTIVE: gettext_lazy("The COFOR is active"),
    CheckCode.REQUEST_PROCESSED: gettext_lazy("A request for access was received and processed"),
    CheckCode.TERMS_ACCEPTED: gettext_lazy("The General Terms of Use were accepted"),
    CheckCode.ACCESS_OPERATIONAL: gettext_lazy("The access is operational"),
    CheckCode.PLSA_DESIGNATED: gettext_lazy("A PLSA is designated"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One check as the desk shows it. `reasons` are whole sentences; none where the check was not reached."""

    number: int
    name: str | Promise
    state: str
    reasons: list[str]


@dataclass(frozen=True, slots=True)
class Inside:
    """What the Assistance knows behind an analysis."""

    company: Company
    analysis: Analysis
    speaking: Opening | None
    acceptance: Acceptance | None
    access: Access | None
    mandates: list[Mandate]
    with_names: bool


def inside(company: Company, *, site: str, with_names: bool, now: datetime) -> tuple[Analysis, list[Row]]:
    """The analysis of a company and its six rows. Without the power to see people, `with_names` leaves names out."""
    analysis = queries.analyse(company.cofor, site=site or None, now=now)
    reference = analysis.opening.reference if analysis.opening else ""
    known = Inside(
        company=company,
        analysis=analysis,
        speaking=queries.with_people(Opening.objects.filter(reference=reference)).first() if reference else None,
        acceptance=latest_acceptance(company),
        access=Access.objects.filter(company=company).first(),
        mandates=list(
            Mandate.objects.filter(membership__company=company)
            .select_related("membership__person")
            .order_by("-state_since", "-pk")[:10]
        ),
        with_names=with_names,
    )
    says = {
        CheckCode.COFOR_EXISTS: _exists,
        CheckCode.COFOR_ACTIVE: _active,
        CheckCode.REQUEST_PROCESSED: _request,
        CheckCode.TERMS_ACCEPTED: _terms,
        CheckCode.ACCESS_OPERATIONAL: _operational,
        CheckCode.PLSA_DESIGNATED: _plsa,
    }
    rows = []
    for check in analysis.checks:
        reasons = [] if check.state is CheckState.NOT_REACHED else says[check.code](known)
        rows.append(Row(check.number, NAMES[check.code], check.state.value, reasons))
    return analysis, rows


def _exists(known: Inside) -> list[str]:
    company = known.company
    says = [
        _("%(cofor)s is the code of %(name)s since %(day)s.")
        % {"cofor": company.cofor, "name": company.name, "day": dates.day(company.created_at)}
    ]
    if known.analysis.site_known is False:
        says.append(_("The site code %(site)s is not on record for the company.") % {"site": known.analysis.site})
    return says


def _active(known: Inside) -> list[str]:
    company = known.company
    if company.active or company.closed_at is None:
        return [_("The company exists as a legal entity.")]
    says = [_("The company is closed since %(day)s.") % {"day": dates.day(company.closed_at)}]
    if company.closed_reason:
        says.append(_("Reason: %(reason)s.") % {"reason": reason_words(company.closed_reason).rstrip(".")})
    if company.successor_cofor:
        says.append(_("Its successor has the code %(cofor)s.") % {"cofor": company.successor_cofor})
    return says


def _request(known: Inside) -> list[str]:
    opening = known.speaking
    if opening is None:
        if known.access is not None:
            return [_("The access was opened on %(day)s.") % {"day": dates.day(known.access.opened_at)}]
        return [_("Nobody of the company has asked for access.")]
    says = [
        _("Request %(reference)s of %(when)s.")
        % {"reference": opening.reference, "when": dates.when(opening.requested_at, zone=False)}
    ]
    return says + _processed(opening)


def _processed(opening: Opening) -> list[str]:
    since = {"when": dates.when(opening.state_since, zone=False)}
    if opening.state == OpeningState.TO_VERIFY:
        return [_("It waits for the Assistance since %(when)s.") % since]
    if opening.state == OpeningState.DISPUTED and opening.accepted_at is None:
        return [_("It is in dispute since %(when)s.") % since]
    if opening.state == OpeningState.REFUSED:
        reason = str(RefusalReason(opening.refusal).label) if opening.refusal else ""
        return [_("Refused on %(when)s. Reason: %(reason)s.") % {**since, "reason": reason}]
    if opening.state == OpeningState.LAPSED:
        return [_("Lapsed on %(when)s: nobody finished it.") % since]
    if opening.state == OpeningState.CLOSED:
        return [_("Closed on %(when)s: another request went through.") % since]
    if opening.basis == Basis.ASSISTANCE and opening.verified_at:
        return [
            _("Verified by %(name)s on %(when)s.")
            % {"name": name_of(opening.verified_by), "when": dates.when(opening.verified_at, zone=False)}
        ]
    return [_("It went on by itself: %(basis)s.") % {"basis": Basis(opening.basis).label}]


def _terms(known: Inside) -> list[str]:
    says = []
    if known.acceptance is not None:
        signed = known.acceptance
        facts = {
            "version": signed.version.number,
            "name": f"{signed.first_name} {signed.last_name}".strip(),
            "when": dates.when(signed.accepted_at, zone=False),
        }
        if known.with_names:
            says.append(_("Version %(version)s accepted by %(name)s on %(when)s.") % facts)
        else:
            says.append(_("Version %(version)s accepted on %(when)s.") % facts)
        facts_ = known.analysis.facts
        if facts_ and facts_.required_version and facts_.required_version > signed.version.number:
            says.append(_("Version %(version)s must be accepted by now.") % {"version": facts_.required_version})
    if known.analysis.stopped_at == 4 and known.speaking is not None:
        says += _waiting(known.speaking)
    return says


def _waiting(opening: Opening) -> list[str]:
    if opening.state == OpeningState.TERMS_REFUSED:
        says = [
            _("The legal representative refused them on %(when)s.")
            % {"when": dates.when(opening.state_since, zone=False)}
        ]
        return says + ([_("“%(note)s”") % {"note": opening.terms_refusal_note}] if opening.terms_refusal_note else [])
    link = opening.terms_link
    if link is None or opening.terms_sent_at is None:
        return []
    says = [
        _("The e-mail to the legal representative left on %(when)s.")
        % {"when": dates.when(opening.terms_sent_at, zone=False)}
    ]
    if link.opened_at:
        says.append(_("The link was opened on %(when)s.") % {"when": dates.when(link.opened_at, zone=False)})
    else:
        says.append(_("The link was not opened yet."))
    says.append(_("The link holds until %(when)s.") % {"when": dates.when(link.expires_at, zone=False)})
    return says


def _operational(known: Inside) -> list[str]:
    access = known.access
    if access is None:
        opening = known.speaking
        if opening is not None and opening.state == OpeningState.HELD:
            return [_("The terms are accepted. The access waits until the Assistance has verified the PLSA.")]
        return [_("The terms are accepted. The access waits until the objection is settled.")]
    if access.suspended_at is None:
        return [_("Open since %(when)s.") % {"when": dates.when(access.opened_at, zone=False)}]
    return [
        _("Suspended since %(when)s by %(name)s.")
        % {"when": dates.when(access.suspended_at, zone=False), "name": name_of(access.suspended_by)},
        _("Reason: %(reason)s.") % {"reason": reason_words(access.suspended_reason).rstrip(".")},
    ]


def _plsa(known: Inside) -> list[str]:
    term = brand.current().term("plsa")
    if not known.mandates:
        return [_("No mandate of %(plsa)s was ever given.") % {"plsa": term}]
    says = [_mandate(mandate, known.with_names) for mandate in known.mandates if _speaks(mandate)]
    return says or [_("Every mandate has ended.")]


def _speaks(mandate: Mandate) -> bool:
    return mandate.state in {MandateState.IN_FORCE, MandateState.PROPOSED}


def _mandate(mandate: Mandate, with_names: bool) -> str:
    person = mandate.membership.person
    facts = {
        "login": f"{person.get_full_name()} ({person.login})" if with_names else person.login,
        "when": dates.when(mandate.state_since, zone=False),
        "since": dates.when(person.state_since, zone=False),
    }
    if mandate.state == MandateState.PROPOSED:
        return _("Proposed to %(login)s on %(when)s; the answer comes at the next sign-in.") % facts
    if person.state == LoginState.SUSPENDED:
        return _("%(login)s holds the mandate, but the login is suspended since %(since)s.") % facts
    if person.state == LoginState.DELETED:
        return _("%(login)s held the mandate, but the login was deleted on %(since)s.") % facts
    if person.state == LoginState.BLOCKED:
        return _("%(login)s holds the mandate; the login is blocked since %(since)s.") % facts
    if person.activated_at is None:
        return _("%(login)s holds the mandate, but has not chosen a password yet.") % facts
    return _("%(login)s holds the mandate since %(when)s.") % facts
