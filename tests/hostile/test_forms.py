"""Hostile strings in every field of every public form: a clear answer, no error of ours, nothing stored or sent."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from passerelle.accounts import actions as accounts
from passerelle.accounts.enums import PersonKind
from passerelle.accounts.models import Person
from passerelle.core import clock
from passerelle.core.actor import SYSTEM
from passerelle.core.powers import Role
from passerelle.entry import actions as entry
from passerelle.mail import links
from passerelle.mail.models import Link, Message
from passerelle.memberships import actions as memberships
from passerelle.opening import actions
from passerelle.opening.models import Opening, Party, Record
from passerelle.support.models import Ticket
from tests import cast
from tests.hostile.strings import HOSTILE

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"
# Tried in each field alone; the whole list is tried in all fields at once.
WORST = ("null", "control", "line break", "invalid utf-8", "bidi", "expands", "100 kB")


@pytest.fixture(autouse=True)
def _wide_limits(settings: object) -> None:
    settings.PASSERELLE_LIMITS_FACTOR = 10_000  # type: ignore[attr-defined]


@pytest.fixture
def browser() -> Client:
    return Client(raise_request_exception=False)


def person(prefix: str, name: str) -> dict[str, str]:
    email = f"{name}%40fournier.example"
    fields = {"last_name": "Dupont", "first_name": "Claire", "email": email, "phone": "+33", "function": "Sales"}
    return {f"{prefix}{key}": value for key, value in fields.items()}


def terms(_: None = None) -> str:
    return links.token(Link.objects.get(purpose="terms", used_at=None, superseded_at=None))


def recovery() -> str:
    """The link of a forgotten password, sent to the person who has not chosen one."""
    person, now = Person.objects.get(), clock.now()
    with transaction.atomic():
        link = links.issue(
            "recovery", subject_key=person.key, recipient=person.email, expires_at=now + timedelta(hours=1), now=now
        )
    return links.token(link)


def lift() -> str:
    owner = Person.objects.get()
    entry.block_for_former_password(person_id=owner.pk, actor=cast.VISITOR, now=clock.now())
    return links.token(Link.objects.get(purpose="lift"))


def device() -> str:
    owner = Person.objects.get()
    accounts.set_password(person_id=owner.pk, password="seven brown kettles sing", actor=SYSTEM, now=clock.now())
    entry.send_device_link(login_key=owner.login_key, actor=cast.VISITOR, now=clock.now())
    return links.token(Link.objects.get(purpose="device"))


def request_fields() -> dict[str, str]:
    fields = {"cofor": "AB12CD", "site": "P1", "representative-same_as": "", "plsa-same_as": ""}
    return fields | person("requester-", "rita") | person("representative-", "leon") | person("plsa-", "paula")


MESSAGE = {"last_name": "Dupont", "first_name": "Claire", "email": "claire%40x.example", "submission": ""}
# Every form that strangers may send: how it is reached, its address, and what an honest visitor types (encoded).
FORMS: dict[str, Callable[[], tuple[str, str, dict[str, str]]]] = {
    "analysis": lambda: ("GET", "/en/get-an-access/", {"cofor": "AB12CD", "site": "P1", "altcha": "e30="}),
    "request": lambda: ("POST", "/en/get-an-access/request/", request_fields()),
    "send again": lambda: ("POST", "/en/get-an-access/send-again/", {"cofor": "AB12CD"}),
    "activation again": lambda: ("POST", "/en/get-an-access/activation/", {"cofor": "AB12CD"}),
    "designation asked": lambda: ("POST", "/en/get-an-access/administrator/", {"cofor": "AB12CD"}),
    "relay": lambda: (
        "POST", "/en/get-an-access/message/", MESSAGE | {"cofor": "AB12CD", "phone": "1", "comments": "Hi"},
    ),
    "unknown code": lambda: (
        "POST", "/en/get-an-access/unknown-code/",
        MESSAGE | {"phone": "1", "company_name": "Acme", "identifiers": "1", "comments": "Hi", "website": ""},
    ),
    "contact": lambda: (
        "POST", "/en/help/contact/",
        MESSAGE | {
            "login": "V1", "cofor": "AB12CD", "company_name": "Acme", "postcode": "1", "subject": "S", "comments": "C",
            "copy": "on", "reason": "no_request",
        },
    ),
    "contact prefilled": lambda: (
        "GET", "/en/help/contact/", {"subject": "S", "topic": "login", "cofor": "A", "reason": "x"},
    ),
    "help search": lambda: ("GET", "/en/help/", {"q": "login", "topic": "x"}),
    "glossary search": lambda: ("GET", "/en/help/glossary/", {"q": "plsa"}),
    "acceptance": lambda: (
        "POST", f"/en/get-an-access/terms/{terms()}/",
        {"cofor": "WRONG1", "accept": "on", "plsa": "correct", "text": "1"} | person("other-", "nina"),
    ),
    "terms refused": lambda: ("POST", f"/en/get-an-access/terms/{terms()}/refuse/", {"note": "no", "_switch": "1"}),
    "not me": lambda: ("POST", f"/en/get-an-access/terms/{terms()}/not-me/", {"note": "no", "_switch": "1"}),
    "sign-in": lambda: ("POST", "/en/sign-in/", {"login": "VABCDEF2", "password": "x", "next": "/en/home/"}),
    "password": lambda: (
        "POST", "/en/password/choose/" + links.token(Link.objects.get(purpose="activation")) + "/",
        {"new_password": "x"},
    ),
    "forgotten password": lambda: (
        "POST", "/en/forgotten-password/",
        {"email": "paula%40fournier.example", "login": "VABCDEF2", "cofor": "OPEN22"},
    ),
    "forgotten login": lambda: (
        "POST", "/en/forgotten-login/", {"cofor": "OPEN22", "email": "paula%40fournier.example"},
    ),
    "message to the PLSAs": lambda: (
        "POST", "/en/forgotten-password/message/", MESSAGE | {"cofor": "OPEN22", "phone": "1", "comments": "Hi"},
    ),
    "password by link": lambda: ("POST", f"/en/forgotten-password/choose/{recovery()}/", {"new_password": "x"}),
    "link for a browser asked": lambda: ("POST", "/en/sign-in/device/", {"login": "VABCDEF2"}),
    "block lifted": lambda: ("POST", f"/en/sign-in/lift/{lift()}/", {"password": "x", "again": "1"}),
    "browser made known": lambda: ("POST", f"/en/sign-in/device/{device()}/", {"_switch": "1", "x": "y"}),
    "present your company": lambda: (
        "POST", "/en/present-your-company/", {"duns": "123456789", "email": "a%40b.example"},
    ),
}  # fmt: skip


def encoded(fields: dict[str, str]) -> str:
    return "&".join(f"{name}={value}" for name, value in fields.items())


def send(browser: Client, method: str, path: str, fields: dict[str, str]) -> tuple[int, bytes]:
    began = time.thread_time()
    if method == "GET":
        answer = browser.generic("GET", path, QUERY_STRING=encoded(fields))
    else:
        answer = browser.generic("POST", path, encoded(fields), content_type=FORM)
    assert time.thread_time() - began < 5
    return answer.status_code, answer.content


@pytest.fixture
def road() -> None:
    """A company whose representative is waited for, and a person who has not chosen a password."""
    now = clock.now()
    cast.publish_terms(now)
    company = cast.company(now)
    cast.on_record(company, "direction@fournier.example", domains=("fournier.example",))
    cast.ask(company, now)
    opened = cast.company(now, cofor="OPEN22", name="Opened")
    cast.on_record(opened, domains=("fournier.example",))
    opening = cast.ask(opened, now)
    actions.accept_terms(
        link_key=cast.link(opening).key, cofor="OPEN22", text_id=cast.text().pk, corrected_plsa=None, language="en",
        actor=cast.VISITOR, now=now,
    )  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_no_field_of_a_public_form_breaks_the_page(form: str, browser: Client, road: None) -> None:
    # Quality; security.md, Bad input
    method, path, honest = FORMS[form]()
    for field in honest:
        for name in WORST:
            status, page = send(browser, method, path, honest | {field: HOSTILE[name]})
            assert status < 500, f"{form}: {name} in {field} → {status}"
            assert b"<script>alert" not in page
    stored = [
        *Party.objects.values_list("first_name", "last_name", "email", "phone", "function"),
        *Opening.objects.values_list("site_code", "terms_refusal_note"),
        *Ticket.objects.values_list("first_name", "last_name", "email", "subject"),
        *Message.objects.values_list("to_name", "to_address", "reply_to"),
    ]
    kept = "".join(str(value) for row in stored for value in row)
    assert all(char.isprintable() for char in kept), "a control character was stored"


@pytest.mark.parametrize("form", FORMS)
def test_all_fields_hostile_at_once_break_nothing(form: str, browser: Client, road: None) -> None:
    method, path, honest = FORMS[form]()
    for name, value in HOSTILE.items():
        status, _ = send(browser, method, path, dict.fromkeys(honest, value))
        assert status < 500, f"{form}: {name} → {status}"


NAMES = ["A\nBcc: evil@x.example", "A\r\n\r\nBody", "A\x00B", "\u202eevil", "A\u2028Bcc: x"]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_cannot_add_a_header_to_a_mail(name: str, browser: Client) -> None:
    # C5: refused at the form, so that it never reaches a mail
    cast.company(clock.now())
    fields = request_fields() | {"requester-last_name": quote(name), "representative-first_name": quote(name)}
    status, page = send(browser, "POST", "/en/get-an-access/request/", fields)
    assert status == 422
    assert b"contains a" in page
    assert not Opening.objects.exists()
    assert not Message.objects.exists()


def test_what_is_refused_stays_in_the_box(browser: Client) -> None:
    cast.company(clock.now())
    fields = request_fields() | {"requester-email": "claire.fournier.example", "plsa-function": "Head%20of%20IT"}
    status, page = send(browser, "POST", "/en/get-an-access/request/", fields)
    assert status == 422
    for typed in (b"claire.fournier.example", b"Head of IT", b"leon@fournier.example"):
        assert typed in page


@pytest.mark.parametrize("path", ["/en/get-an-access/request/", "/en/sign-in/", "/en/help/contact/"])
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "application/json"),
        (b'{"login": "x"}', "application/json"),
        (b"<a/>", "text/xml"),
        (b"garbage", "multipart/form-data"),
        (b"garbage", "multipart/form-data; boundary=x"),
        (b"--x\r\nContent-Disposition: form-data; name=", "multipart/form-data; boundary=x"),
        (
            b'--x\r\nContent-Disposition: form-data; name="login"\r\n\r\n\x00\xff\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
        ),
        (
            b'--x\r\nContent-Disposition: form-data; name="f"; filename="a.exe"\r\n'
            b"Content-Type: x/y\r\n\r\nMZ\r\n--x--\r\n",
            "multipart/form-data; boundary=x",
        ),
        (b"--x\r\n\r\n--x--", "multipart/form-data; boundary=" + "x" * 500),
        (b"a=b", "application/x-www-form-urlencoded; charset=utf-7"),
        (b"a=b", "application/x-www-form-urlencoded; charset=no-such-thing"),
        (b"&".join(b"a%d=b" % number for number in range(5000)), FORM),
        (b"a=" + b"b" * 3_000_000, FORM),
        (b"%" * 2000, FORM),
        (b"a=b;c=d&=&=x&a[]=1&a[b]=2", FORM),
    ],
)  # fmt: skip
def test_bodies_that_are_no_form_are_told_so(path: str, body: bytes, kind: str, browser: Client) -> None:
    answer = browser.generic("POST", path, body, content_type=kind)
    assert 400 <= answer.status_code < 500


PATHS = [
    "/", "/fr/", "/en/get-an-access/", "/en/help/contact/", "/en/sign-in/", "/en/home/", "/en/desk/",
    "/api/v1/access-analysis/AB12CD", "/healthz", "/nowhere/",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_odd_methods_and_hosts_meet_a_clear_answer(path: str, browser: Client, settings: object) -> None:
    for method in ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "X" * 50, "get"):
        assert browser.generic(method, path).status_code < 500, method
    settings.ALLOWED_HOSTS = ["localhost"]  # type: ignore[attr-defined]
    for host in ("evil.example", "", "a b", "[::1", "localhost\x00", "é.example", "x" * 3000):
        status = browser.get(path, headers={"host": host}).status_code
        assert status < 500, host
        if path not in {"/healthz"}:
            assert status >= 400 or host == "", host


def every_path(patterns: list[URLPattern | URLResolver], before: str = "") -> list[str]:
    found = []
    for pattern in patterns:
        route = before + str(pattern.pattern).removeprefix("^")
        if isinstance(pattern, URLResolver):
            found += every_path(pattern.url_patterns, route)
        elif "<" in route:
            found.append(route)
    return found


ODD = ["x", "%00%00", "a" * 48, "%FF%ED%A0%80", "9" * 30, "%0D%0A'%22<b>"]


@pytest.mark.django_db
def test_no_part_of_an_address_breaks_a_page(browser: Client) -> None:
    # Unknown tokens and keys: every address with a part of its own, for strangers and for staff
    now = clock.now()
    officer = accounts.create_login(
        first_name="O", last_name="O", email="o@group.example", language="en", actor=SYSTEM, now=now,
        kind=PersonKind.STAFF,
    )  # fmt: skip
    accounts.set_roles(person_id=officer.pk, roles=frozenset(Role), actor=SYSTEM, now=now)
    staff = Client(raise_request_exception=False)
    staff.force_login(officer)
    session = staff.session
    session["epoch"], session["created_at"], session["last_seen_at"] = 0, now.isoformat(), now.isoformat()
    session.save()
    paths = every_path(get_resolver().url_patterns)
    assert len(paths) > 20
    for route in paths:
        for part in ODD:
            path = "/" + re.sub(r"<[^>]+>|\(\?P<\w+>[^)]*\)", part, route).replace("$", "").replace("\\Z", "").lstrip(
                "/"
            )
            for client in (browser, staff):
                answer = client.generic("GET", path)
                assert answer.status_code < 500, (path, answer.status_code)


def test_very_long_addresses_meet_a_clear_answer(browser: Client) -> None:
    for path in ("/" + "a" * 20_000, "/en/" + "a/" * 9000, "/en/help/?q=" + "a" * 60_000, "/en/?" + "a=b&" * 3000):
        assert browser.get(path).status_code < 500


def test_hostile_headers_meet_a_clear_answer(browser: Client) -> None:
    headers = {
        "X-Forwarded-For": "1.2.3.4, <script>, \x00, " + "9" * 5000, "User-Agent": "\x01\x02é" * 500,
        "Accept-Language": "fr;q=" + "9" * 500 + ",\x00,*;q=x", "X-Request-ID": "a\nb", "Referer": "javascript:1",
        "Authorization": "Bearer \x00\xff" + "x" * 5000,
        "Cookie": 'session="\\000\\001"; csrf=\x00; messages=x; language=../x',
        "Content-Length": "abc", "Range": "bytes=0-0,-1", "If-Modified-Since": "yesterday", "If-None-Match": '"' * 900,
    }  # fmt: skip
    for path in ("/", "/en/get-an-access/?cofor=AB12CD", "/api/v1/access-analysis/AB12CD"):
        for name, value in headers.items():
            assert browser.get(path, headers={name: value}).status_code < 500, (path, name)
    assert browser.post("/en/sign-in/", {"login": "V", "password": "x"}, headers=headers).status_code < 500


def test_buttons_of_the_private_home_carry_keys_and_nothing_else(browser: Client) -> None:
    # decision 27
    now = clock.now()
    company = cast.company(now)
    who = accounts.create_login(
        first_name="P", last_name="L", email="p@x.example", language="en", actor=SYSTEM, now=now
    )
    memberships.open_company(company_id=company.pk, company_key=company.key, actor=SYSTEM, now=now)
    memberships.join(
        person_id=who.pk, person_key=who.key, company_id=company.pk, company_key=company.key, actor=SYSTEM, now=now
    )
    browser.force_login(Person.objects.get())
    session = browser.session
    session["epoch"], session["created_at"], session["last_seen_at"] = 0, now.isoformat(), now.isoformat()
    session.save()
    for value in HOSTILE.values():
        for path, name in (("/en/home/mandate/", "mandate"), ("/en/home/company/", "company")):
            answer = browser.generic("POST", path, f"{name}={value}&answer=accept", content_type=FORM)
            assert answer.status_code == 302
            assert answer["Location"] == "/en/home/"


def test_a_record_is_a_download_of_its_own_and_nothing_else(browser: Client, road: None) -> None:
    record = Record.objects.get()
    answer = browser.get(f"/en/get-an-access/accepted/{record.key}/json/")
    assert answer["Content-Disposition"].startswith('attachment; filename="OP-')
    assert browser.get(f"/en/get-an-access/accepted/{record.key}/exe/").status_code == 404
    assert clock.now() - record.made_at < timedelta(minutes=5)
