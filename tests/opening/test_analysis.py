"""The access analysis as a pure function: order, stop at the first NO, the contract's table; each reason for real."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerelle.opening.enums import CheckCode, CheckState, OpeningState, Reason
from passerelle.opening.queries import analyse
from passerelle.opening.rules import Facts, OpeningFacts, judge
from tests import cast
from tests.conftest import NOW

# The contract's table, copied literally: reason → (number of the check, actor, next action).
CONTRACT = {
    "cofor_unknown": (1, "requester", "contact_assistance"),
    "cofor_inactive": (2, "purchasing", "contact_assistance"),
    "no_request": (3, "requester", "request_access"),
    "request_refused": (3, "requester", "request_access"),
    "request_lapsed": (3, "requester", "request_access"),
    "request_pending": (3, "assistance", "wait"),
    "request_disputed": (3, "assistance", "wait"),
    "terms_not_accepted": (4, "legal_representative", "resend_terms_mail"),
    "terms_link_expired": (4, "legal_representative", "resend_terms_mail"),
    "terms_refused": (4, "legal_representative", "contact_assistance"),
    "opening_in_progress": (5, "assistance", "wait"),
    "access_suspended": (5, "assistance", "contact_assistance"),
    "no_plsa": (6, "legal_representative", "designate_plsa"),
    "access_open": (None, "plsa", "write_to_plsa"),
}
CODES = [
    "cofor_exists", "cofor_active", "request_processed", "terms_accepted", "access_operational", "plsa_designated",
]  # fmt: skip

instants = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
openings = st.builds(
    OpeningFacts,
    state=st.sampled_from(OpeningState),
    state_since=instants,
    requested_at=instants,
    verified_at=st.none() | instants,
    terms_sent_at=st.none() | instants,
    link_expires_at=st.none() | instants,
    accepted=st.booleans(),
    lapses_at=st.none() | instants,
)
versions = st.none() | st.integers(1, 5)
companies = st.builds(
    Facts,
    company_key=st.just("k"),
    active=st.sampled_from([True, True, True, False]),
    closed_at=st.none() | instants,
    site_known=st.none() | st.booleans(),
    opening=st.none() | openings,
    renewal=st.none() | openings,
    opened_at=st.none() | instants,
    suspended_at=st.none() | instants,
    accepted_at=st.none() | instants,
    accepted_version=versions,
    required_version=versions,
    has_mandate=st.booleans(),
    mandate_activated=st.booleans(),
)
anything = st.none() | companies


@given(anything, instants)
def test_it_runs_six_checks_in_order_and_stops_at_the_first_no(facts: Facts | None, now: datetime) -> None:
    # C1, I1
    analysis = judge(facts, cofor="AB12CD", site=None, now=now)
    assert [check.number for check in analysis.checks] == [1, 2, 3, 4, 5, 6]
    assert [check.code.value for check in analysis.checks] == CODES
    stop = analysis.stopped_at or 7
    for check in analysis.checks:
        wanted = CheckState.PASSED if check.number < stop else CheckState.NOT_REACHED
        assert check.state is (CheckState.STOPPED if check.number == stop else wanted)
    assert bool(analysis.verdict) is (analysis.stopped_at is None)


@given(anything, instants)
def test_its_answer_is_a_line_of_the_contract(facts: Facts | None, now: datetime) -> None:
    analysis = judge(facts, cofor="AB12CD", site=None, now=now)
    verdict = analysis.verdict
    assert (analysis.stopped_at, verdict.actor, verdict.next_action) == CONTRACT[verdict.reason]


@given(anything, instants)
def test_a_later_fact_never_hides_an_earlier_no(facts: Facts | None, now: datetime) -> None:
    # C1: the questions are asked in order, whatever the answers to later ones.
    stopped = judge(facts, cofor="AB12CD", site=None, now=now).stopped_at
    if facts is None:
        assert stopped == 1
        return
    if not facts.active:
        assert stopped == 2
        return
    before = facts.opened_at is None
    unprocessed = {OpeningState.TO_VERIFY, OpeningState.REFUSED, OpeningState.LAPSED, OpeningState.CLOSED}
    if before and (facts.opening is None or facts.opening.state in unprocessed):
        assert stopped == 3
    if not before:
        accepted, required = facts.accepted_version, facts.required_version
        in_order = accepted is not None and (required is None or accepted >= required)
        expected = 4 if not in_order else 5 if facts.suspended_at else 6 if not facts.has_mandate else None
        assert stopped == expected


@given(anything, instants)
def test_it_depends_on_nothing_but_its_arguments(facts: Facts | None, now: datetime) -> None:
    first = judge(facts, cofor="AB12CD", site=None, now=now)
    assert first == judge(facts, cofor="AB12CD", site=None, now=now)


@given(companies, instants, st.text(max_size=5) | st.none())
def test_an_unknown_site_never_stops_it(facts: Facts, now: datetime, site: str | None) -> None:
    # C1: the site is optional
    plain = judge(facts, cofor="AB12CD", site=None, now=now)
    placed = judge(facts, cofor="AB12CD", site=site, now=now)
    assert (placed.stopped_at, placed.verdict) == (plain.stopped_at, plain.verdict)
    assert placed.site_known == (facts.site_known if site else None)


def test_the_contract_names_every_reason_and_check() -> None:
    assert set(CONTRACT) == set(Reason.values)
    assert CheckCode.values == CODES


@pytest.mark.django_db
@settings(max_examples=30, deadline=None)
@given(st.text(max_size=12))
def test_no_typed_text_makes_it_fail(text: str) -> None:
    from passerelle.suppliers.rules import check_cofor

    if check_cofor(text):
        assert analyse(text, now=NOW).verdict.reason == "cofor_unknown"


@pytest.mark.django_db
def test_a_code_made_of_look_alikes_is_not_the_code() -> None:
    cast.company(NOW)
    assert analyse("АB12CD", now=NOW).verdict.reason == "cofor_unknown"  # a Cyrillic A
