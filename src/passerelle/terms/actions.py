"""Publishing versions and keeping acceptances."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from passerelle import brand
from passerelle.accounts.models import Person
from passerelle.audit.record import record
from passerelle.audit.tags import Tag
from passerelle.brand import TermsText
from passerelle.core.actor import Actor
from passerelle.core.errors import Refused
from passerelle.core.keys import reference
from passerelle.suppliers.models import Company
from passerelle.terms.models import Acceptance, Audience, PersonAcceptance, Text, Version
from passerelle.terms.rules import text_digest


@dataclass(frozen=True, slots=True)
class Wording:
    """A version's text in one language, as a brand folder or an editor gives it."""

    language: str
    title: str
    body: str
    changes: str = ""


@transaction.atomic
def publish(
    *,
    number: int,
    effective_at: datetime,
    deadline_at: datetime | None,
    wordings: list[Wording],
    actor: Actor,
    now: datetime,
    audience: Audience = Audience.COMPANY,
) -> Version:
    """Publish a version. Refuses `version_exists`, and `version_order` unless its number is above all others.

    A published text never changes: its digest stands in every acceptance.
    """
    published = Version.objects.filter(audience=audience)
    newest = published.select_for_update().order_by("-number").first()
    if newest is not None and number <= newest.number:
        raise Refused("version_exists" if published.filter(number=number).exists() else "version_order")
    version = Version.objects.create(
        audience=audience, number=number, effective_at=effective_at, deadline_at=deadline_at
    )
    for wording in wordings:
        Text.objects.create(
            version=version, language=wording.language, title=wording.title, body=wording.body,
            changes=wording.changes, sha256=text_digest(wording.title, wording.body),
        )  # fmt: skip
    subject = f"terms-{number}" if audience is Audience.COMPANY else f"terms-{audience.value}-{number}"
    record(
        Tag.TERMS_PUBLISHED, actor=actor, now=now, subject_key=subject,
        new={"number": number, "texts": {w.language: text_digest(w.title, w.body) for w in wordings}},
    )  # fmt: skip
    return version


def publish_brand(
    *, texts: list[TermsText], actor: Actor, now: datetime, audience: Audience = Audience.COMPANY
) -> Version:
    """Publish one version as a brand folder holds it: in effect from the morning of its day, earlier acceptances count
    for its days of grace (for ever where it gives none)."""
    first = texts[0]
    zone = ZoneInfo(brand.current().organisation.zone)
    effective_at = datetime.combine(first.effective_date, time.min, tzinfo=zone)
    grace = first.grace_days
    return publish(
        number=first.number,
        effective_at=effective_at,
        deadline_at=None if grace is None else effective_at + timedelta(days=grace),
        wordings=[Wording(text.language, text.title, text.text, text.changes) for text in texts],
        actor=actor,
        now=now,
        audience=audience,
    )


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who accepts for the company, as named in the opening."""

    first_name: str
    last_name: str
    function: str
    email: str


@transaction.atomic
def accept(
    *, company: Company, text: Text, by: Signatory, language: str, subject_key: str, actor: Actor, now: datetime
) -> Acceptance:
    """Keep an acceptance as evidence: who, which text (digest), when, from where (C7). Refuses `terms_newer` when a
    newer version came into effect since the text was shown, so that nobody accepts what they did not read."""
    current = Version.objects.filter(audience=Audience.COMPANY, effective_at__lte=now).order_by("-number").first()
    if current is None or text.version_id != current.pk:
        raise Refused("terms_newer")
    acceptance = Acceptance.objects.create(
        reference=reference("GT"), company=company, text=text, version=current, accepted_at=now,
        first_name=by.first_name, last_name=by.last_name, function=by.function, email=by.email,
        address=actor.address, language=language, text_sha256=text.sha256, cofor=company.cofor,
        company_name=company.name, subject_key=subject_key,
    )  # fmt: skip
    record(
        Tag.TERMS_ACCEPTED, actor=actor, now=now, subject_key=subject_key, company_key=company.key,
        new={
            "reference": acceptance.reference, "version": current.number, "language": language,
            "text_sha256": text.sha256, "cofor": company.cofor,
        },
    )  # fmt: skip
    return acceptance


@transaction.atomic
def accept_for_oneself(*, person: Person, text: Text, language: str, actor: Actor, now: datetime) -> PersonAcceptance:
    """Keep as evidence that a person accepted the terms for persons: which text (digest), when, from where.

    Refuses `terms_newer` when a newer version came into effect since the text was shown. Accepting once more changes
    nothing: the first acceptance is answered.
    """
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    current = Version.objects.filter(audience=Audience.PERSON, effective_at__lte=now).order_by("-number").first()
    if current is None or text.version_id != current.pk:
        raise Refused("terms_newer")
    acceptance, created = PersonAcceptance.objects.get_or_create(
        person=person, version=current,
        defaults={
            "text": text, "accepted_at": now, "address": actor.address, "language": language,
            "text_sha256": text.sha256,
        },
    )  # fmt: skip
    if created:
        record(
            Tag.PERSON_TERMS_ACCEPTED, actor=actor, now=now, subject_key=person.key, person_key=person.key,
            new={"version": current.number, "language": language, "text_sha256": text.sha256},
        )  # fmt: skip
    return acceptance
