"""The growing pause: free tries, then longer and longer waits, refused before anything is evaluated (decision 14)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from passerelle.limits import pauses
from passerelle.limits.models import Pause

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def test_five_tries_are_free_and_the_pauses_after_them_grow_to_fifteen_minutes(now: datetime) -> None:
    # decision 14: 1, 2, 4 … 15 minutes, the last one repeats
    for left in (4, 3, 2, 1):
        lane = pauses.claim("sign_in", "V2345678", now=now)
        assert lane
        assert (lane.left, lane.paused_until) == (left, None)
    for minutes in (1, 2, 4, 8, 15, 15, 15):
        lane = pauses.claim("sign_in", "V2345678", now=now)
        assert lane
        assert lane.paused_until == now + minutes * MINUTE
        refused = pauses.claim("sign_in", "V2345678", now=now + minutes * MINUTE - timedelta(seconds=1))
        assert not refused
        assert refused.paused_until == now + minutes * MINUTE
        assert not pauses.peek("sign_in", "V2345678", now=now)
        now += minutes * MINUTE


def test_lanes_do_not_meet(now: datetime) -> None:
    for _ in range(5):
        pauses.claim("sign_in", "A", now=now)
    assert not pauses.claim("sign_in", "A", now=now)
    assert pauses.claim("sign_in", "B", now=now)
    assert pauses.claim("sign_in_device", "A", now=now)


def test_what_was_right_clears_the_lane_and_a_day_without_a_try_forgets_it(now: datetime) -> None:
    for _ in range(5):
        pauses.claim("sign_in", "A", now=now)
    pauses.clear("sign_in", "A")
    assert pauses.claim("sign_in", "A", now=now).tries == 1
    for _ in range(4):
        pauses.claim("sign_in", "A", now=now)
    assert pauses.claim("sign_in", "A", now=now + timedelta(hours=24, seconds=1)).tries == 1
    assert pauses.sweep(now=now + timedelta(hours=49)) == 1
    assert not Pause.objects.exists()


def test_a_try_that_was_never_evaluated_is_given_back(now: datetime) -> None:
    for _ in range(4):
        pauses.claim("sign_in", "A", now=now)
    fifth = pauses.claim("sign_in", "A", now=now)
    assert fifth.paused_until
    pauses.give_back("sign_in", "A", fifth)
    again = pauses.claim("sign_in", "A", now=now)
    assert (again.allowed, again.tries) == (True, 5)


def test_giving_back_never_lifts_the_pause_of_another_try(now: datetime) -> None:
    fourth = [pauses.claim("sign_in", "A", now=now) for _ in range(4)][-1]
    pauses.claim("sign_in", "A", now=now)
    pauses.give_back("sign_in", "A", fourth)
    assert not pauses.claim("sign_in", "A", now=now)


def test_the_factor_of_limits_multiplies_the_free_tries(now: datetime, settings: Any) -> None:
    settings.PASSERELLE_LIMITS_FACTOR = 2
    assert [pauses.claim("sign_in", "A", now=now).allowed for _ in range(11)] == [True] * 10 + [False]
    settings.PASSERELLE_LIMITS_FACTOR = 0.01
    first = pauses.claim("sign_in", "B", now=now)
    assert first.paused_until == now + MINUTE


def test_no_value_stands_in_the_table(now: datetime) -> None:
    pauses.claim("sign_in", "SECRETLOGIN", now=now)
    assert "SECRETLOGIN" not in str(Pause.objects.values_list())
