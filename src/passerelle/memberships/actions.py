"""Writes on accesses, memberships and mandates."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from passerelle.audit.record import record
from passerelle.audit.tags import Tag
from passerelle.core.actor import Actor
from passerelle.core.errors import Refused
from passerelle.core.powers import Verb, may
from passerelle.memberships.enums import MOVES, EndReason, MandateKind, MandateState
from passerelle.memberships.models import Access, Mandate, Membership


@transaction.atomic
def open_company(*, company_id: int, company_key: str, actor: Actor, now: datetime) -> Access:
    """Open a company's access, once for ever. Refuses `already_open`."""
    access, created = Access.objects.get_or_create(company_id=company_id, defaults={"opened_at": now})
    if not created:
        raise Refused("already_open")
    record(Tag.ACCESS_OPENED, actor=actor, now=now, subject_key=access.key, company_key=company_key)
    return access


@transaction.atomic
def suspend_access(*, company_id: int, reason: str, actor: Actor, now: datetime, checked: bool = False) -> Access:
    """Suspend a company's access; its people cannot enter until it is resumed (check 5).

    Refuses `no_power` unless the actor may suspend (`checked`: the caller has decided, as for an objection),
    `not_open`, and `already_suspended`.
    """
    if not checked and not may(actor, Verb.SUSPEND_ACCESS):
        raise Refused("no_power")
    access = Access.objects.select_for_update().select_related("company").filter(company_id=company_id).first()
    if access is None:
        raise Refused("not_open")
    if access.suspended_at is not None:
        raise Refused("already_suspended")
    access.suspended_at, access.suspended_reason, access.suspended_by = now, reason[:200], actor.name[:300]
    access.save()
    record(
        Tag.ACCESS_SUSPENDED, actor=actor, now=now, subject_key=access.key, company_key=access.company.key,
        new={"reason": reason},
    )  # fmt: skip
    return access


@transaction.atomic
def resume_access(*, company_id: int, actor: Actor, now: datetime) -> Access:
    """Lift the suspension. Refuses `no_power`, `not_open`, `not_suspended`."""
    if not may(actor, Verb.SUSPEND_ACCESS):
        raise Refused("no_power")
    access = Access.objects.select_for_update().select_related("company").filter(company_id=company_id).first()
    if access is None:
        raise Refused("not_open")
    if access.suspended_at is None:
        raise Refused("not_suspended")
    old = {"since": access.suspended_at.isoformat(), "reason": access.suspended_reason}
    access.suspended_at, access.suspended_reason, access.suspended_by = None, "", ""
    access.save()
    record(Tag.ACCESS_RESUMED, actor=actor, now=now, subject_key=access.key, company_key=access.company.key, old=old)
    return access


@transaction.atomic
def join(
    *, person_id: int, person_key: str, company_id: int, company_key: str, actor: Actor, now: datetime
) -> Membership:
    """Make a person a member of a company, or bring an ended membership back. A living one is answered as it is."""
    membership, created = Membership.objects.select_for_update().get_or_create(
        person_id=person_id, company_id=company_id, defaults={"started_at": now}
    )
    if not created and membership.ended_at is None:
        return membership
    if not created:
        membership.started_at, membership.ended_at, membership.end_reason = now, None, ""
        membership.only_proposed = False
        membership.save()
    record(
        Tag.MEMBERSHIP_STARTED, actor=actor, now=now, subject_key=membership.key, company_key=company_key,
        person_key=person_key,
    )  # fmt: skip
    return membership


@transaction.atomic
def end_membership(*, membership_id: int, reason: EndReason, actor: Actor, now: datetime, note: str = "") -> Membership:
    """End a person's membership of one company; the login and other companies stay untouched.

    A suspension leaves the mandates as they are: they count for nothing while the membership is ended, and again once
    `join` brings it back. Any other reason ends them too. A suspended membership can still be ended for good. Refuses
    `membership_ended`.
    """
    membership = (
        Membership.objects.select_for_update(of=("self",)).select_related("person", "company").get(pk=membership_id)
    )
    if membership.ended_at is not None and (
        membership.end_reason != EndReason.SUSPENDED or reason is EndReason.SUSPENDED
    ):
        raise Refused("membership_ended")
    membership.ended_at, membership.end_reason = now, reason.value
    membership.save()
    person_key, company_key = membership.person.key, membership.company.key
    record(
        Tag.MEMBERSHIP_ENDED, actor=actor, now=now, subject_key=membership.key, company_key=company_key,
        person_key=person_key, new={"reason": reason.value} | ({"note": note} if note else {}),
    )  # fmt: skip
    if reason is not EndReason.SUSPENDED:
        _end(_living_mandates().filter(membership=membership), company_key, reason.value, actor=actor, now=now)
    return membership


@transaction.atomic
def appoint(
    *, membership: Membership, person_key: str, company_key: str, proposed: bool, actor: Actor, now: datetime
) -> Mandate:
    """Give a membership the mandate of PLSA: in force at once, or proposed to somebody who has a login already and
    must accept it at the next sign-in (C8, decision 27). A living mandate is answered as it is.

    A membership that begins with the proposal, at the same instant, is only proposed until the answer.
    """
    living = Mandate.objects.filter(
        membership=membership, kind=MandateKind.PLSA, state__in=[MandateState.PROPOSED, MandateState.IN_FORCE]
    ).first()
    if living is not None:
        return living
    state = MandateState.PROPOSED if proposed else MandateState.IN_FORCE
    mandate = Mandate.objects.create(
        membership=membership, kind=MandateKind.PLSA, state=state, state_since=now, starts_at=now,
        granted_by=actor.name[:300] or actor.kind.value,
    )  # fmt: skip
    if proposed and membership.started_at == now:
        membership.only_proposed = True
        membership.save(update_fields=["only_proposed"])
    tag = Tag.MANDATE_PROPOSED if proposed else Tag.MANDATE_STARTED
    record(tag, actor=actor, now=now, subject_key=mandate.key, company_key=company_key, person_key=person_key)
    return mandate


@transaction.atomic
def answer_mandate(*, mandate_key: str, person_id: int, accept: bool, actor: Actor, now: datetime) -> Mandate:
    """The person a mandate was proposed to takes it or declines it.

    Declining ends the membership too if the proposal made it: nobody is tied to a company against their will. Refuses
    `mandate_unknown` when it is not theirs, `mandate_answered` when it no longer waits.
    """
    # The membership first, as whoever ends it does.
    tied = Membership.objects.select_for_update().filter(mandates__key=mandate_key, person_id=person_id)
    made_for_it = [row for row in tied if row.only_proposed]
    mandate = (
        Mandate.objects.select_for_update(of=("self",))
        .select_related("membership__company", "membership__person")
        .filter(key=mandate_key, membership__person_id=person_id)
        .first()
    )
    if mandate is None:
        raise Refused("mandate_unknown")
    to = MandateState.IN_FORCE if accept else MandateState.DECLINED
    if to not in MOVES[MandateState(mandate.state)]:
        raise Refused("mandate_answered")
    mandate.state, mandate.state_since = to, now
    if accept:
        mandate.starts_at = now
    mandate.save()
    record(
        Tag.MANDATE_STARTED if accept else Tag.MANDATE_ENDED, actor=actor, now=now, subject_key=mandate.key,
        company_key=mandate.membership.company.key, person_key=mandate.membership.person.key,
        new={"state": to.value},
    )  # fmt: skip
    if accept:
        Membership.objects.filter(pk=mandate.membership_id).update(only_proposed=False)
    else:
        _end_not_taken(made_for_it, actor=actor, now=now)
    return mandate


@transaction.atomic
def end_mandates(*, company_id: int, company_key: str, reason: str, actor: Actor, now: datetime) -> int:
    """End every living mandate of a company (an upheld objection, a succession); answers how many.

    The memberships that only a proposal made end with it.
    """
    tied = Membership.objects.select_for_update().filter(
        only_proposed=True, company_id=company_id, ended_at__isnull=True
    )
    made_for_one = list(tied.order_by("pk"))
    living = _living_mandates().filter(membership__company_id=company_id)
    count = _end(living, company_key, reason, actor=actor, now=now)
    _end_not_taken(made_for_one, actor=actor, now=now)
    return count


def _end_not_taken(memberships: list[Membership], *, actor: Actor, now: datetime) -> None:
    for membership in memberships:
        end_membership(membership_id=membership.pk, reason=EndReason.NOT_TAKEN, actor=actor, now=now)


def _living_mandates() -> QuerySet[Mandate]:
    return (
        Mandate.objects.select_for_update(of=("self",))
        .select_related("membership__person")
        .filter(state__in=[MandateState.PROPOSED, MandateState.IN_FORCE])
    )


def _end(living: QuerySet[Mandate], company_key: str, reason: str, *, actor: Actor, now: datetime) -> int:
    count = 0
    for mandate in living:
        mandate.state, mandate.state_since, mandate.ends_at, mandate.end_reason = MandateState.ENDED, now, now, reason
        if mandate.starts_at > now:
            mandate.starts_at = now
        mandate.save()
        record(
            Tag.MANDATE_ENDED, actor=actor, now=now, subject_key=mandate.key, company_key=company_key,
            person_key=mandate.membership.person.key, new={"reason": reason},
        )  # fmt: skip
        count += 1
    return count
