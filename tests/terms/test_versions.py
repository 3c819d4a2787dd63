"""Versions of the General Terms: their order, what is current, how long an earlier acceptance counts, the evidence."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.core.actor import SYSTEM
from passerelle.core.errors import Refused
from passerelle.memberships.actions import open_company
from passerelle.opening.queries import facts
from passerelle.opening.rules import Facts, judge
from passerelle.suppliers.models import Company
from passerelle.terms import actions
from passerelle.terms.models import Acceptance, Text, Version
from passerelle.terms.queries import current_text, current_version, latest_acceptance
from passerelle.terms.rules import text_digest
from tests import cast
from tests.conftest import NOW
from tests.opening.test_analysis import companies

BY = actions.Signatory("Léon", "Représentant", "Director", "leon@fournier.example")
DAY = timedelta(days=1)


def accept(company: Company, text: Text, now: datetime) -> Acceptance:
    return actions.accept(
        company=company, text=text, by=BY, language=text.language, subject_key="o", actor=cast.VISITOR, now=now
    )


@pytest.mark.django_db
def test_numbers_only_grow_and_a_published_text_is_never_replaced(now: datetime) -> None:
    cast.publish_terms(now, number=2)
    for number, code in ((2, "version_exists"), (1, "version_order")):
        with pytest.raises(Refused, match=code):
            cast.publish_terms(now, number=number)
    assert Version.objects.count() == 1
    assert cast.publish_terms(now, number=7).number == 7


@pytest.mark.django_db
def test_the_newest_version_in_effect_is_the_current_one_in_one_s_language(now: datetime) -> None:
    assert current_version(now) is None
    assert current_text("fr", now) is None
    cast.publish_terms(now)
    actions.publish(
        number=2, effective_at=now + DAY, deadline_at=None, wordings=[actions.Wording("en", "Terms", "Second.")],
        actor=SYSTEM, now=now,
    )  # fmt: skip
    assert [current_text(language, now).body for language in ("en", "fr", "de")] == [  # type: ignore[union-attr]
        "Terms number 1.", "Conditions numéro 1.", "Terms number 1.",
    ]  # fmt: skip
    assert current_text("fr", now + DAY).body == "Second."  # type: ignore[union-attr]


@pytest.mark.django_db
def test_nobody_accepts_a_text_they_did_not_read(now: datetime) -> None:
    # C7
    company = cast.company(now)
    cast.publish_terms(now)
    old = cast.text()
    cast.publish_terms(now, number=2)
    with pytest.raises(Refused, match="terms_newer"):
        accept(company, old, now)
    assert not Acceptance.objects.exists()
    assert accept(company, cast.text(), now).version.number == 2


@pytest.mark.django_db
def test_the_evidence_says_who_what_when_and_from_where_and_stands_in_the_trail(now: datetime) -> None:
    # C7, I8
    company = cast.company(now)
    cast.publish_terms(now)
    text = cast.text("fr")
    kept = accept(company, text, now)
    digest = hashlib.sha256(f"{text.title}\n{text.body}".encode()).hexdigest()
    assert kept.text_sha256 == text.sha256 == text_digest(text.title, text.body) == digest
    assert (kept.cofor, kept.company_name, kept.email) == (company.cofor, company.name, BY.email)
    assert (kept.accepted_at, kept.address, kept.language) == (now, "192.0.2.7", "fr")
    line = Event.objects.get(tag=Tag.TERMS_ACCEPTED)
    assert line.new["text_sha256"] == digest
    assert latest_acceptance(company) == kept


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("accepted", "deadlines", "in_order"),
    [
        (1, {2: None}, True),  # no deadline: earlier acceptances count for ever
        (1, {2: 1}, True),  # its deadline is tomorrow
        (1, {2: 0}, False),  # its deadline is now
        (1, {2: -1}, False),
        (2, {2: -1}, True),
        (2, {2: -1, 3: 1}, True),
        (1, {2: -1, 3: 1}, False),  # the newer one's deadline does not lift the older one's
        (1, {2: 1, 3: -1}, False),
        (2, {2: -1, 3: -1}, False),
        (3, {2: -1, 3: -1}, True),
    ],
)
def test_an_acceptance_counts_until_the_deadline_of_a_newer_version(
    accepted: int, deadlines: dict[int, int | None], in_order: bool, now: datetime
) -> None:
    # decision 31, check 4
    company = cast.company(now)
    cast.publish_terms(now)
    texts = {1: cast.text()}
    start = now - timedelta(days=30)
    for number, days in deadlines.items():
        version = Version.objects.create(
            number=number, effective_at=start, deadline_at=None if days is None else now + timedelta(days=days)
        )
        texts[number] = Text.objects.create(version=version, language="en", title="T", body=str(number), sha256="x")
    signed = texts[accepted]
    Acceptance.objects.create(
        reference="GT-1", company=company, text=signed, version=signed.version, accepted_at=start, first_name="L",
        last_name="R", email="l@x.example", language="en", text_sha256="x", cofor=company.cofor,
        company_name=company.name,
    )  # fmt: skip
    open_company(company_id=company.pk, company_key=company.key, actor=SYSTEM, now=start)
    analysis = judge(facts(company.cofor, site=None, now=now), cofor=company.cofor, site=None, now=now)
    assert (analysis.stopped_at != 4) is in_order


@given(companies, st.integers(1, 6))
def test_accepting_a_newer_version_never_stops_what_passed(known: Facts, number: int) -> None:
    before = judge(known, cofor="AB12CD", site=None, now=NOW)
    best = max(number, known.accepted_version or 0)
    after = judge(replace(known, accepted_version=best), cofor="AB12CD", site=None, now=NOW)
    assert (after.stopped_at or 7) >= (before.stopped_at or 7)
