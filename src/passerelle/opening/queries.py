"""Reading openings: the facts of the analysis in one query, the desk's queue, what a link leads to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Literal

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    Min,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, JSONObject
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive, make_aware

from passerelle.accounts.enums import LoginState
from passerelle.accounts.models import Person
from passerelle.mail.addresses import fold, is_free_mail
from passerelle.memberships.models import Mandate, Membership
from passerelle.memberships.rules import mandate_in_force
from passerelle.opening.enums import FINAL, LIVING, OpeningKind, OpeningState, PartyRole
from passerelle.opening.models import Objection, Opening, Party
from passerelle.opening.rules import Analysis, Facts, OpeningFacts, judge
from passerelle.suppliers.models import Company, Site, fold_name
from passerelle.suppliers.rules import match_contact, normalise_cofor, normalise_site
from passerelle.terms.models import Acceptance, Audience, Version

# Which claim speaks for the company when there are several: the one that is furthest on its way (decision 7).
_RANK = {
    OpeningState.OPEN: 0,
    OpeningState.HELD: 1,
    OpeningState.AWAITING: 2,
    OpeningState.TERMS_REFUSED: 3,
    OpeningState.DISPUTED: 4,
    OpeningState.TO_VERIFY: 5,
    OpeningState.REFUSED: 6,
    OpeningState.LAPSED: 6,
    OpeningState.CLOSED: 6,
}


def _leading(*kinds: OpeningKind) -> Subquery:
    rank = Case(
        *(When(state=state, then=Value(place)) for state, place in _RANK.items()),
        default=Value(9),
        output_field=IntegerField(),
    )
    rows = (
        Opening.objects.filter(company=OuterRef("pk"), kind__in=kinds)
        .annotate(rank=rank)
        .order_by("rank", "-state_since", "-pk")
        .annotate(
            facts=JSONObject(
                state="state",
                state_since="state_since",
                requested_at="requested_at",
                verified_at="verified_at",
                terms_sent_at="terms_sent_at",
                link_expires_at="terms_link__expires_at",
                accepted_at="accepted_at",
                lapses_at="lapses_at",
                reference="reference",
                refusal="refusal",
            )
        )
    )
    return Subquery(rows.values("facts")[:1])


def facts(cofor: str, *, site: str | None, now: datetime) -> Facts | None:
    """What the six questions need, by one query (P8, P12). None for an unknown COFOR."""
    mandates = Mandate.objects.filter(mandate_in_force(now), membership__company=OuterRef("pk"))
    newest = Acceptance.objects.filter(company=OuterRef("pk")).order_by("-accepted_at", "-pk")
    required = Version.objects.filter(audience=Audience.COMPANY, deadline_at__lte=now).order_by("-number")
    row = (
        Company.objects.filter(cofor=normalise_cofor(cofor))
        .annotate(
            opening_facts=_leading(OpeningKind.OPENING),
            renewal_facts=_leading(OpeningKind.RENEWAL),
            accepted_version=Subquery(newest.values("version__number")[:1]),
            accepted_on=Subquery(newest.values("accepted_at")[:1]),
            required_version=Subquery(required.values("number")[:1]),
            has_mandate=Exists(mandates),
            mandate_activated=Exists(mandates.filter(membership__person__activated_at__isnull=False)),
            site_known=Exists(Site.objects.filter(company=OuterRef("pk"), code=site or "")),
            opened_at=F("access__opened_at"),
            suspended_at=F("access__suspended_at"),
        )
        .values(
            "key", "active", "closed_at", "opening_facts", "renewal_facts", "accepted_version", "accepted_on",
            "required_version", "has_mandate", "mandate_activated", "site_known", "opened_at", "suspended_at",
        )
        .first()
    )  # fmt: skip
    if row is None:
        return None
    return Facts(
        company_key=row["key"],
        active=row["active"],
        closed_at=row["closed_at"],
        site_known=row["site_known"] if site else None,
        opening=_opening_facts(row["opening_facts"]),
        renewal=_opening_facts(row["renewal_facts"]),
        opened_at=row["opened_at"],
        suspended_at=row["suspended_at"],
        accepted_at=row["accepted_on"],
        accepted_version=row["accepted_version"],
        required_version=row["required_version"],
        has_mandate=row["has_mandate"],
        mandate_activated=row["mandate_activated"],
    )


def _opening_facts(data: dict[str, Any] | None) -> OpeningFacts | None:
    if not data:
        return None
    return OpeningFacts(
        state=OpeningState(data["state"]),
        state_since=_instant(data["state_since"]) or datetime.max.replace(tzinfo=UTC),
        requested_at=_instant(data["requested_at"]) or datetime.max.replace(tzinfo=UTC),
        verified_at=_instant(data["verified_at"]),
        terms_sent_at=_instant(data["terms_sent_at"]),
        link_expires_at=_instant(data["link_expires_at"]),
        accepted=data["accepted_at"] is not None,
        lapses_at=_instant(data["lapses_at"]),
        reference=data["reference"],
        refusal=data["refusal"],
    )


def _instant(text: str | None) -> datetime | None:
    """An instant out of a JSON object: SQLite writes it without its zone, which is UTC."""
    value = parse_datetime(text) if text else None
    if value is not None and is_naive(value):
        return make_aware(value, UTC)
    return value


def analyse(cofor: str, *, site: str | None = None, now: datetime) -> Analysis:
    """The access analysis of a code as typed (C1): one query, one pure judgement."""
    code = normalise_cofor(cofor)
    place = normalise_site(site or "") or None
    return judge(facts(code, site=place, now=now), cofor=code, site=place, now=now)


def with_people(openings: QuerySet[Opening]) -> QuerySet[Opening]:
    return openings.select_related("company", "terms_link", "acceptance").prefetch_related(
        "parties", Prefetch("objections", queryset=Objection.objects.order_by("-raised_at"))
    )


def by_key(key: str) -> Opening | None:
    return with_people(Opening.objects.filter(key=key)).first()


def leading(company: Company) -> Opening | None:
    """The living claim that speaks for a company, as in the analysis."""
    rank = Case(*(When(state=state, then=Value(place)) for state, place in _RANK.items()), output_field=IntegerField())
    found = with_people(Opening.objects.filter(company=company, state__in=LIVING)).annotate(rank=rank)
    return found.order_by("rank", "-state_since", "-pk").first()


def beside(opening: Opening) -> QuerySet[Opening]:
    """The other claims on the same company, living ones first: the desk shows them side by side."""
    living = Case(When(state__in=LIVING, then=Value(0)), default=Value(1), output_field=IntegerField())
    others = Opening.objects.filter(company_id=opening.company_id).exclude(pk=opening.pk)
    return with_people(others).annotate(ended=living).order_by("ended", "-requested_at")


def same_people(opening: Opening) -> QuerySet[Party]:
    """The mailboxes of this opening in openings of other companies: one hand reaching for many is a sign."""
    keys = [party.email_key for party in opening.parties.all()]
    return (
        Party.objects.filter(email_key__in=keys)
        .exclude(opening__company_id=opening.company_id)
        .select_related("opening__company")
        .order_by("-opening__requested_at")
    )


def mark(opening: Opening) -> str:
    """What somebody who decides has seen of an opening, as a short text. A form carries it, the action compares it:
    of two who decide at once one wins, and a second click finds its own first one."""
    instants = [opening.state_since, opening.terms_sent_at, opening.plsa_verified_at]
    waiting = unsettled().filter(opening=opening).order_by("pk").values_list("pk", flat=True)
    seen = [opening.state, *(at.isoformat() if at else "" for at in instants), *map(str, waiting)]
    text = "|".join(seen)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def unsettled() -> QuerySet[Objection]:
    return Objection.objects.filter(settled_at__isnull=True)


class Tab(StrEnum):
    """The tabs of the desk's queue."""

    VERIFY = "verify"
    DISPUTE = "dispute"
    PLSA = "plsa"
    WAITING = "waiting"
    ENDED = "ended"
    ALL = "all"


def _holds(tab: Tab) -> Q:
    """What a tab holds. An opened access with an objection is a dispute too: somebody must settle it."""
    disputed_after = Q(state=OpeningState.OPEN, pk__in=unsettled().values("opening_id"))
    return {
        Tab.VERIFY: Q(state=OpeningState.TO_VERIFY),
        Tab.DISPUTE: Q(state=OpeningState.DISPUTED) | disputed_after,
        Tab.PLSA: Q(state=OpeningState.HELD),
        Tab.WAITING: Q(state__in=[OpeningState.AWAITING, OpeningState.TERMS_REFUSED]),
        Tab.ENDED: Q(state__in=FINAL),
        Tab.ALL: Q(),
    }[tab]


SORTS: dict[str, tuple[str, ...]] = {
    "oldest": ("state_since", "pk"),
    "newest": ("-state_since", "-pk"),
    "company": ("company__name_key", "pk"),
}


def _named(search: str) -> Q:
    """Openings found by reference, COFOR, name of the company, or an e-mail address or login of a person named."""
    text = search.strip()
    if not text:
        return Q()
    if "@" in text:
        return Q(pk__in=Party.objects.filter(email_key__startswith=fold(text)).values("opening_id"))
    login = Person.objects.filter(login_key=text.upper())
    return (
        Q(reference__startswith=text.upper())
        | Q(company__cofor=normalise_cofor(text))
        | Q(company__name_key__contains=fold_name(text))
        | Q(pk__in=Party.objects.filter(email_key__in=login.values("email_key")).values("opening_id"))
        | Q(plsa_person__in=login)
    )


def queue(tab: Tab, *, search: str = "", sort: str = "oldest") -> QuerySet[Opening]:
    """The desk's queue: one tab, what is searched for, each row with its people, `rivals` (other living claims on the
    company) and `objected` (an objection waits). Two queries a page."""
    others = (
        Opening.objects.filter(company=OuterRef("company"), state__in=LIVING, kind=OpeningKind.OPENING)
        .exclude(pk=OuterRef("pk"))
        .order_by()
        .values("company")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return (
        Opening.objects.filter(_holds(tab), _named(search))
        .select_related("company")
        .prefetch_related("parties")
        .annotate(
            rivals=Coalesce(Subquery(others, output_field=IntegerField()), Value(0)),
            objected=Exists(unsettled().filter(opening=OuterRef("pk"))),
        )
        .order_by(*SORTS.get(sort, SORTS["oldest"]))
    )


def queue_counts(*, search: str = "") -> dict[Tab, int]:
    """How many openings each tab holds, in one query."""
    counts = {tab.value: Count("pk", filter=_holds(tab)) for tab in Tab if tab is not Tab.ALL}
    found = Opening.objects.filter(_named(search)).aggregate(**counts, **{Tab.ALL.value: Count("pk")})
    return {tab: found[tab.value] for tab in Tab}


# What the Assistance alone can move on.
AT_THE_DESK = frozenset({OpeningState.TO_VERIFY, OpeningState.DISPUTED, OpeningState.HELD})


def waiting_since_before(instant: datetime) -> dict[str, int]:
    """How many openings of each state wait for the Assistance since before an instant, in one query."""
    rows = Opening.objects.filter(state__in=AT_THE_DESK, state_since__lt=instant).order_by().values_list("state")
    return dict(rows.annotate(number=Count("pk")))


def oldest(tab: Tab) -> datetime | None:
    """Since when the longest waiting opening of a tab has waited."""
    since: datetime | None = Opening.objects.filter(_holds(tab)).aggregate(since=Min("state_since"))["since"]
    return since


@dataclass(frozen=True, slots=True)
class Mailbox:
    """What is known of the mailbox of a person named (C10): how it is on record for the company, and what warns.

    `new_domain`: the company has mail domains on record and this is none of them. `as_plsa`: the legal representative
    and the PLSA share it. `person`: the living login with this address, `companies` those it belongs to.
    """

    party: Party
    on_record: Literal["contact", "domain"] | None
    free_mail: bool
    new_domain: bool
    as_plsa: bool
    person: Person | None
    companies: tuple[Company, ...]


def mailboxes(opening: Opening) -> list[Mailbox]:
    """The mailboxes of the people named, in the order of their roles: requester, legal representative, PLSA."""
    company, parties = opening.company, {party.role: party for party in opening.parties.all()}
    keys = {party.email_key for party in parties.values()}
    people = {
        person.email_key: person
        for person in Person.objects.filter(email_key__in=keys)
        .exclude(state=LoginState.DELETED)
        .prefetch_related(
            Prefetch(
                "memberships",
                queryset=Membership.objects.filter(ended_at__isnull=True).select_related("company"),
                to_attr="living",
            )
        )
    }
    plsa = parties.get(PartyRole.PLSA)
    found = []
    for role in PartyRole:
        if role not in parties:
            continue
        party = parties[role]
        on_record, free = match_contact(company, party.email), is_free_mail(party.email)
        person = people.get(party.email_key)
        found.append(
            Mailbox(
                party=party,
                on_record=on_record,
                free_mail=free,
                new_domain=on_record is None and not free and bool(company.email_domains.all()),
                as_plsa=role is PartyRole.REPRESENTATIVE and plsa is not None and plsa.email_key == party.email_key,
                person=person,
                companies=tuple(row.company for row in person.living) if person else (),
            )
        )
    return found
