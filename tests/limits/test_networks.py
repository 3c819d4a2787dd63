"""Limits by address count networks: who has a whole /64 of IPv6 has no more tries than one address of IPv4."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client, RequestFactory

from passerelle.core.actor import network_of, visitor
from passerelle.limits.models import Counter
from passerelle.portal.help.forms import new_mark
from passerelle.web.requests import client_address, client_network
from tests import cast
from tests.tree import SOURCE


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("::FFFF:c000:201", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:DB8:0:0:ffff:ffff:ffff:ffff", "2001:db8::/64"),
        ("2001:db8:0:1::1", "2001:db8:0:1::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("fe80::1%" + "x" * 5000, "fe80::/64"),
        ("::1", "::/64"),
        ("", ""),
        ("no address", "no address"),
        ("192.0.2.1/24", "192.0.2.1/24"),
    ],
)
def test_an_address_is_counted_under_its_network(address: str, network: str) -> None:
    assert network_of(address) == network
    assert visitor(address).network == network
    assert len(network_of(address)) <= 45


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("::ffff:192.0.2.1", "", "192.0.2.1"),
        ("::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9"),  # our proxy, seen by a server that listens to both kinds
        ("10.0.0.1", "::ffff:203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "2001:db8::9", "2001:db8::9"),
        ("fd00::1", "2001:db8::9, ::ffff:10.0.0.2", "2001:db8::9"),
        ("2001:db8::1", "203.0.113.9", "2001:db8::1"),
        ("fe80::1%eth0", "", "fe80::1"),
    ],
)
def test_the_visitor_is_the_same_in_whichever_clothes_the_address_comes(
    settings: Any, peer: str, forwarded: str, address: str
) -> None:
    settings.PASSERELLE_TRUSTED_PROXIES = ["10.0.0.0/8", "fd00::/8"]
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    came = RequestFactory().get("/", headers=headers, REMOTE_ADDR=peer)
    assert client_address(came) == address
    assert client_network(came) == network_of(address)


PEOPLE = {
    f"{part}-{name}": value
    for part in ("requester", "representative", "plsa")
    for name, value in (("last_name", "A"), ("first_name", "B"), ("email", f"{part}@x.example"))
}
MESSAGE = {"last_name": "A", "first_name": "B", "email": "a@x.example", "cofor": "AB12CD", "comments": "Hello."}
# What is asked for, by the limit that holds it back: method, page, fields.
ASKED: dict[str, tuple[str, str, dict[str, str]]] = {
    "analysis": ("get", "/api/v1/access-analysis/AB12CD", {}),
    "request": ("post", "/en/get-an-access/request/", {"cofor": "AB12CD", **PEOPLE}),
    "ticket": ("post", "/en/help/contact/", {**MESSAGE, "company_name": "X", "subject": "Y"}),
    "relay": ("post", "/en/forgotten-password/message/", MESSAGE),
    "recovery_address": ("post", "/en/forgotten-login/", {"cofor": "AB12CD", "email": "a@x.example"}),
    "sign_in_address": ("post", "/en/sign-in/", {"login": "VNBDY222", "password": "wrong"}),
}


@pytest.mark.django_db
@pytest.mark.parametrize("limit", sorted(ASKED))
def test_one_network_is_counted_once_by(now: datetime, limit: str) -> None:
    cast.company(now)
    method, page, fields = ASKED[limit]
    with time_machine.travel(now - timedelta(minutes=1)):
        fields = fields | {"submission": new_mark()}

    def ask(address: str) -> None:
        with time_machine.travel(now, tick=False):
            answer = getattr(Client(REMOTE_ADDR=address), method)(page, fields)
        assert answer.status_code in {200, 302, 422}, answer.content

    def counts() -> list[int]:
        return sorted(Counter.objects.filter(policy=limit).values_list("count", flat=True))

    for number in range(3):
        ask(f"2001:db8::{number:x}")
    assert counts() == [3]
    ask("2001:db8:0:1::1")
    assert counts() == [1, 3]
    for address in ("192.0.2.8", "::ffff:192.0.2.8"):
        ask(address)
    assert counts() == [1, 2, 3]
    ask("192.0.2.9")
    assert counts() == [1, 1, 2, 3]


def _counted() -> Iterator[str]:
    """What is given to a limit anywhere, as source."""
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if called.rpartition(".")[2] in {"hit", "peek", "claim"}:
                yield f"{path.relative_to(SOURCE)}: {ast.unparse(node)}"


def test_no_limit_counts_a_bare_address() -> None:
    calls = list(_counted())
    assert len(calls) > 20
    assert not [call for call in calls if "client_address" in call or ".address" in call or "address," in call]
