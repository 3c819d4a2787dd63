"""Links: nobody can make one up, one lives a subject, opening spends nothing, one press wins (decision 9)."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from passerelle.core.errors import Refused
from passerelle.mail import links
from passerelle.mail.links import LinkStatus
from passerelle.mail.models import Link, MessageState
from tests.conftest import NOW
from tests.mail.conftest import Queue

pytestmark = pytest.mark.django_db
Issue = Callable[..., Link]


def test_a_token_leads_back_to_its_link(link: Issue) -> None:
    made = link()
    found = links.find(links.token(made), "terms", NOW)
    assert (found.link, found.status) == (made, LinkStatus.VALID)


@pytest.mark.parametrize("change", ["{}.", "{})", " {} ", "<{}>", "{}\n", "{},", "{}\u00a0", '{}"', "{}?utm=1"])
def test_it_forgives_what_mail_readers_put_around_an_address(link: Issue, change: str) -> None:
    assert links.find(change.format(links.token(link())), "terms", NOW).status is LinkStatus.VALID


def test_it_knows_no_token_that_was_changed(link: Issue, django_assert_num_queries: Any) -> None:
    token = links.token(link())
    with django_assert_num_queries(0):
        for forged in (
            "",
            "x",
            token[:-1],
            token.upper(),
            token[::-1],
            ("B" if token[0] == "A" else "A") + token[1:],
            token[:-1] + ("b" if token[-1] != "b" else "c"),
            token[:22],
            "\0" + token[1:],
            "é" * 48,
            "a" * 100_000,
        ):
            assert links.find(forged, "terms", NOW) == links.LinkState(None, LinkStatus.UNKNOWN)


def test_a_token_is_worth_nothing_for_another_purpose(link: Issue) -> None:
    assert links.find(links.token(link()), "activation", NOW).status is LinkStatus.UNKNOWN


def test_tokens_outlive_a_change_of_the_secret_key_while_the_former_one_is_listed(link: Issue, settings: Any) -> None:
    token = links.token(link())
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
    assert links.find(token, "terms", NOW).status is LinkStatus.VALID
    settings.SECRET_KEY_FALLBACKS = []
    assert links.find(token, "terms", NOW).status is LinkStatus.UNKNOWN


def test_the_address_is_in_the_reader_s_language_and_in_full(link: Issue, settings: Any) -> None:
    made = link()
    assert links.url(made, "fr") == f"{settings.PASSERELLE_BASE_URL}/fr/get-an-access/terms/{links.token(made)}/"


def test_a_missing_page_does_not_write_the_token_into_a_log(
    link: Issue, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    made = link()
    settings.ROOT_URLCONF = "django.contrib.auth.urls"
    with pytest.raises(LookupError) as error:
        links.url(made, "en")
    caplog.clear()
    logging.getLogger("probe").error("failed", exc_info=error.value)
    assert links.token(made) not in caplog.text


def test_a_new_link_supersedes_the_one_before_and_drops_its_unsent_mail(link: Issue, queue: Queue) -> None:
    first = link(to="old@fournier.example")
    waiting = queue("probe/linked", link=first)
    second = link(to="new@fournier.example")
    assert links.find(links.token(first), "terms", NOW).status is LinkStatus.SUPERSEDED
    assert links.find(links.token(second), "terms", NOW).status is LinkStatus.VALID
    waiting.refresh_from_db()
    assert waiting.state == MessageState.DROPPED


def test_a_link_of_another_subject_lives_on(link: Issue) -> None:
    first = link(subject="opening-1")
    link(subject="opening-2")
    assert links.find(links.token(first), "terms", NOW).status is LinkStatus.VALID


def test_several_contacts_hold_an_objection_link_at_once(link: Issue) -> None:
    one, other = link("objection", to="a@b.example"), link("objection", to="c@d.example")
    again = link("objection", to="a@b.example")
    states = [links.find(links.token(made), "objection", NOW).status for made in (one, other, again)]
    assert states == [LinkStatus.SUPERSEDED, LinkStatus.VALID, LinkStatus.VALID]


def test_voiding_ends_every_link_of_a_subject(link: Issue) -> None:
    made = [link("objection", to=to) for to in ("a@b.example", "c@d.example")]
    with transaction.atomic():
        assert links.void("objection", "opening-1", NOW) == 2
    assert {links.find(links.token(one), "objection", NOW).status for one in made} == {LinkStatus.SUPERSEDED}


def test_opening_spends_nothing_and_is_remembered_once(link: Issue) -> None:
    made = link()
    links.mark_opened(made, NOW)
    links.mark_opened(Link.objects.get(), NOW + timedelta(hours=1))
    assert Link.objects.get().opened_at == NOW
    assert links.find(links.token(made), "terms", NOW).status is LinkStatus.VALID


def test_a_link_is_spent_once(link: Issue) -> None:
    made = link()
    with transaction.atomic():
        links.spend(links.lock(made.key), NOW)
    with transaction.atomic(), pytest.raises(Refused) as refusal:
        links.spend(links.lock(made.key), NOW)
    assert refusal.value.code == "link_used"
    assert links.find(links.token(made), "terms", NOW).status is LinkStatus.USED


def test_a_link_ends_on_the_instant_it_says(link: Issue) -> None:
    made = link()
    end = made.expires_at
    assert links.find(links.token(made), "terms", end - timedelta(seconds=1)).status is LinkStatus.VALID
    assert links.find(links.token(made), "terms", end).status is LinkStatus.EXPIRED
    with pytest.raises(Refused, match="link_expired"):
        links.spend(made, end)


def test_a_superseded_link_cannot_be_spent(link: Issue) -> None:
    first = link()
    link()
    with pytest.raises(Refused, match="link_superseded"):
        links.spend(first, NOW)


def test_a_link_nobody_knows_cannot_be_locked() -> None:
    with pytest.raises(Refused, match="link_unknown"):
        links.lock("nothing")


@pytest.mark.django_db(transaction=True)
def test_it_is_issued_and_voided_inside_a_transaction_only() -> None:
    with pytest.raises(RuntimeError):
        links.issue("terms", subject_key="x", recipient="a@b.example", expires_at=NOW, now=NOW)
    with pytest.raises(RuntimeError):
        links.void("terms", "x", NOW)


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_of_twenty_who_press_at_once_one_wins(link: Issue) -> None:
    made = link()
    outcomes: list[str] = []
    barrier = threading.Barrier(20)

    def press() -> None:
        barrier.wait()
        try:
            with transaction.atomic():
                links.spend(links.lock(made.key), NOW)
            outcomes.append("won")
        except Refused as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["link_used"] * 19 + ["won"]


def test_the_links_that_wait_for_their_mail_are_known() -> None:
    assert links.ROUTES.keys() > links.SHORT
