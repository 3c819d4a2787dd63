"""Whether a mailbox is on record for a company (C10, decision 7), and how codes are read."""

from __future__ import annotations

from datetime import datetime

import pytest

from passerelle.core.actor import Actor
from passerelle.suppliers import actions, rules
from passerelle.suppliers.enums import Source
from passerelle.suppliers.models import Company, fold_name


@pytest.fixture
def company(db: None, buyer: Actor, now: datetime) -> Company:
    return actions.register(
        actor=buyer,
        now=now,
        cofor="AB12CD",
        name="Moulin",
        country="FR",
        source=Source.DESK,
        contact_emails=["Anne.Dupont@Moulin.example", "moulin@gmail.com"],
        email_domains=["moulin-group.example", "gmail.com", "müller.example"],
    )


@pytest.mark.parametrize(
    ("email", "match"),
    [
        ("Anne.Dupont@Moulin.example", "contact"),
        ("anne.dupont@MOULIN.EXAMPLE", "contact"),
        (" anne.dupont@moulin.example ", "contact"),
        ("ａnne.dupont@moulin.example", "contact"),  # a full-width a is the same letter
        ("moulin@gmail.com", "contact"),
        ("bob@moulin.example", None),
        ("bob@moulin-group.example", "domain"),
        ("bob@Moulin-Group.Example", "domain"),
        ("bob@müller.example", "domain"),
        ("bob@xn--mller-kva.example", "domain"),
        ("bob@gmail.com", None),  # anybody can open a mailbox there
        ("bob@mail.moulin-group.example", None),
        ("bob@evil-moulin-group.example", None),
        ("bob@moulin-group.example.evil.example", None),
        ("bob@moulin-grоup.example", None),  # with a Cyrillic o
        ("moulin-group.example", None),
        ("", None),
        ("@", None),
        ("bob@", None),
        ("a@b@moulin-group.example", None),
        ("bob@moulin-group.example\r\nBcc: x@y.example", None),
    ],
)
def test_a_mailbox_is_matched_by_itself_or_by_its_domain(
    company: Company, email: str, match: str | None
) -> None:  # C10
    assert rules.match_contact(company, email) == match


def test_matching_uses_what_was_prefetched(
    company: Company, django_assert_num_queries: object
) -> None:  # C1: one query answers all
    loaded = Company.objects.prefetch_related("contacts", "email_domains").get(pk=company.pk)
    with django_assert_num_queries(0):  # type: ignore[operator]
        rules.match_contact(loaded, "bob@moulin-group.example")


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("AB12CD", "ok"),
        ("ab 12 cd", "ok"),
        ("\tab12cd\n", "ok"),
        ("", "cofor_missing"),
        ("  ", "cofor_missing"),
        ("AB12C", "cofor_length"),
        ("AB12CDE", "cofor_length"),
        ("AB12C-", "cofor_characters"),
        ("ÀB12CD", "cofor_characters"),
        ("ŉB12CD", "cofor_characters"),
        ("AB12C\x00", "cofor_characters"),
    ],
)
def test_a_code_is_read_as_people_type_it(typed: str, reason: str) -> None:  # C1
    verdict = rules.check_cofor(typed)
    assert (verdict.reason, bool(verdict)) == (reason, reason == "ok")


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("123456789", "ok"),
        ("12-345-6789", "ok"),
        ("12 345 6789", "ok"),
        ("12\u2011345\u20116789", "ok"),
        ("", "duns_missing"),
        ("12345678", "duns_length"),
        ("12345678A", "duns_characters"),
        ("١٢٣٤٥٦٧٨٩", "duns_characters"),
        ("777777777", "duns_repeated"),
    ],
)
def test_a_duns_number_is_nine_digits_not_all_the_same(typed: str, reason: str) -> None:  # B1
    assert rules.check_duns(typed).reason == reason


@pytest.mark.parametrize(
    ("typed", "reason"), [("01", "ok"), (" a1 ", "ok"), ("", "site_missing"), ("x" * 30, "site_characters")]
)
def test_a_site_code_has_the_brands_form(typed: str, reason: str) -> None:  # C1
    assert rules.check_site(typed).reason == reason


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Éts. Moulin d'Arve & Fils", "ets moulin darve fils"),
        ("GROSSE STRASSE AG", "grosse strasse ag"),
        ("Große Straße AG", "grosse strasse ag"),
        ("株式会社ヤマダ", "株式会社ヤマタ"),
        ("!!!", "!!!"),
    ],
)
def test_a_name_is_folded_for_searches(name: str, key: str) -> None:  # H3
    assert fold_name(name) == key
