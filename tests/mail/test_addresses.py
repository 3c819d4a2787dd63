"""Addresses: which we write to, which are the same."""

from __future__ import annotations

import pytest

from passerelle.mail import addresses


@pytest.mark.parametrize(
    "address",
    [
        "claire@fournier.example",
        "c.d+portal@sub.fournier.example",
        "o'brien@fournier.example",
        "x@bücher.example",
        "x@xn--bcher-kva.example",
        "a" * 64 + "@b.example",
    ],
)
def test_it_accepts_an_address_we_can_write_to(address: str) -> None:
    assert addresses.check(address) == ""


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("", "empty"),
        ("claire", "no_at"),
        ("a@b@c.example", "many_ats"),
        ("a@b.example\nBcc: x@y.example", "control"),
        ("a@b.example\r", "control"),
        ("a\0@b.example", "control"),
        ("a\u202e@b.example", "control"),
        ("a\u2028@b.example", "control"),
        ("a b@c.example", "space"),
        ("a@b.example ", "space"),
        ("a\u00a0b@c.example", "space"),
        ("é@b.example", "local_part"),
        ("a,b@c.example", "local_part"),
        ("<a@c.example>", "local_part"),
        (".a@c.example", "local_part"),
        ("a..b@c.example", "local_part"),
        ('"a"@c.example', "local_part"),
        ("a" * 65 + "@c.example", "local_part"),
        ("@c.example", "local_part"),
        ("a@", "domain"),
        ("a@localhost", "domain"),
        ("a@b..example", "domain"),
        ("a@-b.example", "domain"),
        ("a@b_c.example", "domain"),
        ("a@192.168.1.1", "domain"),
        ("a@[192.168.1.1]", "domain"),
        ("a@" + "b" * 64 + ".example", "domain"),
        ("a@" + "b." * 130 + "example", "too_long"),
        ("a@" + "x" * 100_000, "too_long"),
        ("a@b.example>, x@y.example", "space"),
        ("\ud800@b.example", "control"),
    ],
)
def test_it_says_why_it_refuses_an_address(address: str, reason: str) -> None:
    assert addresses.check(address) == reason


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Claire@Fournier.EXAMPLE", "claire@fournier.example"),
        (" claire@fournier.example ", "claire@fournier.example"),
        ("ｃlaire@fournier.example", "claire@fournier.example"),  # compatibility form
        ("x@BÜCHER.example", "x@xn--bcher-kva.example"),
        ("x@fournier.example.", "x@fournier.example"),
    ],
)
def test_two_spellings_of_an_address_fold_to_one_key(one: str, other: str) -> None:
    assert addresses.fold(one) == addresses.fold(other)
    assert addresses.fold(addresses.fold(one)) == addresses.fold(one)


def test_it_never_fails_on_what_is_no_address() -> None:
    for text in ("", "@", "a@b@c", "\ud800", "x" * 1000, "a@" + "é" * 300):
        addresses.fold(text)
        addresses.domain(text)


def test_it_knows_the_domains_where_anybody_can_have_a_mailbox() -> None:
    assert addresses.is_free_mail("someone@GMAIL.com")
    assert not addresses.is_free_mail("claire@fournier.example")
