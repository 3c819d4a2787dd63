"""The words of every mail: three templates a kind, the same facts in text and HTML, nothing typed breaks them."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf.urls.i18n import i18n_patterns
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.template import Engine
from django.test import override_settings
from django.urls import include, path
from django.utils.translation import override

import passerelle
from passerelle import brand
from passerelle.mail import links
from passerelle.mail.models import Link, Message
from passerelle.mail.render import Rendered, render
from passerelle.opening.enums import OpeningKind, RefusalReason
from passerelle.support.enums import TicketKind
from passerelle.web import dates

SRC = Path(passerelle.__file__).parent
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
EXPIRES = NOW + timedelta(days=14)
LAPSES = NOW + timedelta(days=30)
COFOR = "ZZ98YX"
LANGUAGES = ("en", "fr")

PEOPLE = {
    "requester": {"name": "Rita Requester", "email": "rita@fournier.example", "function": "Sales"},
    "representative": {"name": "Léon O'Représentant", "email": "leon@fournier.example", "function": ""},
    "plsa": {"name": "Paula Plsa", "email": "paula@fournier.example", "function": "IT"},
}
OPENING = {
    "company_name": "Fournier Précision SAS",
    "reference": "OP-7K2M-Q4XW",
    "kind": "opening",
    "requested_at": NOW,
    "lapses_at": LAPSES,
    "people": PEOPLE,
}
TICKET = {
    "reference": "AS-8M3N-R5YZ",
    "kind": "contact",
    "full_name": "Marc Fournier",
    "email": "marc@fournier.example",
    "phone": "+33 4 00 00 00 00",
    "login": "V7K2MQ4X",
    "cofor": COFOR,
    "company_name": "Fournier Précision SAS",
    "identifiers": "FR 40 303 265 045",
    "postcode": "69007",
    "subject": "Our code",
    "comments": "Our plant moved.\nWho do we tell?",
    "reason": "cofor_unknown",
    "received_at": NOW,
}
UNREAD = dict.fromkeys(TICKET, "") | {"reference": TICKET["reference"], "kind": "contact", "received_at": NOW}
LINK = {"expires_at": EXPIRES}

# Each mail as it is sent: kind, what it is about, context, purpose of its link.
Case = tuple[str, str, dict[str, Any], str]


def _cases() -> Iterator[Case]:
    for kind in OpeningKind.values:
        facts = OPENING | {"kind": kind}
        if kind != OpeningKind.OPENING:
            facts |= {"people": {**PEOPLE, "requester": PEOPLE["representative"]}}
        plsa_known = facts
        if kind == OpeningKind.RENEWAL:
            facts |= {"people": {k: v for k, v in facts["people"].items() if k != "plsa"}}
            plsa_known = facts
        yield "opening/reminder", kind, facts | LINK, "designation" if kind == "designation" else "terms"
        yield "opening/opened_representative", kind, plsa_known, ""
        yield "opening/notice", f"opened, {kind}", plsa_known | LINK | {"step": "opened"}, "objection"
        yield "opening/terms_refused", kind, facts | {"note": "We asked for nothing."}, ""
        yield "opening/lapsed", kind, facts, ""
        yield "opening/refused", kind, facts | {"refusal": "not_confirmed", "note": ""}, ""
        if kind != OpeningKind.DESIGNATION:
            yield "opening/terms", kind, facts | LINK, "terms"
        if kind != OpeningKind.RENEWAL:
            yield "opening/held", kind, facts, ""
            yield "opening/to_verify", f"held, {kind}", facts | {"cofor": COFOR, "state": "held"}, ""
            yield "opening/opened_plsa", kind, facts | LINK | {"login": "V7K2MQ4X"}, "activation"
            yield "opening/proposed_plsa", kind, facts | {"login": "V7K2MQ4X"}, ""
    without_plsa = {k: v for k, v in PEOPLE.items() if k == "representative"} | {"requester": PEOPLE["representative"]}
    yield (
        "opening/designation", "", OPENING | LINK | {"kind": "designation", "people": without_plsa}, "designation"
    )  # fmt: skip
    for matched in (True, False):
        yield "opening/received", f"matched {matched}", OPENING | {"matched": matched}, ""
    for step in ("received", "terms_sent"):
        yield "opening/notice", step, OPENING | LINK | {"step": step}, "objection"
    for refusal in RefusalReason.values:
        yield "opening/refused", refusal, OPENING | {"refusal": refusal, "note": "Ask your head office."}, ""
    yield "opening/refused", "other, no note", OPENING | {"refusal": "other", "note": ""}, ""
    yield "opening/to_verify", "to_verify", OPENING | {"cofor": COFOR, "state": "to_verify"}, ""
    yield "opening/closed", "", OPENING, ""
    yield "opening/disputed", "", OPENING, ""
    yield "opening/opened_requester", "", OPENING, ""
    for by, note in (
        ("contact@fournier.example", "We know nobody of this name."),
        (PEOPLE["representative"]["email"], ""),
    ):
        yield "opening/objected", by, OPENING | {"cofor": COFOR, "by_email": by, "note": note}, ""
    yield (
        "opening/activation", "", LINK | {"company_name": "Fournier Précision SAS", "login": "V7K2MQ4X"}, "activation"
    )  # fmt: skip
    for kind in TicketKind.values:
        if kind != TicketKind.RELAY:
            yield "support/received", kind, TICKET | {"kind": kind}, ""
    yield (
        "support/received",
        "nothing optional",
        UNREAD | {"full_name": "Ann", "email": "a@b.example", "comments": "?"},
        "",
    )
    yield "support/acknowledged", "in full", TICKET | {"in_full": True}, ""
    yield "support/acknowledged", "to a stranger", UNREAD | {"in_full": False}, ""
    yield "support/acknowledged", "with a link to the copy", UNREAD | LINK | {"in_full": False}, "copy"
    yield "support/copy", "", TICKET, ""
    yield "support/relay", "", TICKET | {"kind": "relay"}, ""
    yield "support/relay", "company not typed", TICKET | {"kind": "relay", "company_name": ""}, ""


CASES = list(_cases())
each = pytest.mark.parametrize(
    ("kind", "about", "context", "purpose"), CASES, ids=[f"{kind} {about}".strip() for kind, about, _, _ in CASES]
)
in_each_language = pytest.mark.parametrize("language", LANGUAGES)


def _page(request: HttpRequest, token: str) -> HttpResponse:
    return HttpResponse(token)


# A page for every purpose of a link: the real ones stand on a higher floor.
_SPACES: dict[str, list[Any]] = {}
for _space, _, _name in (route.partition(":") for route in links.ROUTES.values()):
    _SPACES.setdefault(_space, []).append(path(f"{_name}/<str:token>/", _page, name=_name))
urlpatterns = i18n_patterns(*(path(f"{space}/", include((pages, space))) for space, pages in _SPACES.items()))


@pytest.fixture(autouse=True)
def _addresses() -> Iterator[None]:
    with override_settings(ROOT_URLCONF=__name__):
        yield


def shown(
    kind: str, context: dict[str, Any], purpose: str, language: str = "en", to_name: str = "Tina Thomas"
) -> Rendered:
    link = Link(purpose=purpose, subject_key="s", recipient="r@x.example", created_at=NOW, expires_at=EXPIRES)
    stored = json.loads(json.dumps(context, cls=DjangoJSONEncoder))
    return render(
        Message(
            kind=kind, to_address="tina@fournier.example", to_name=to_name, language=language, context=stored,
            link=link if purpose else None,
        )
    )  # fmt: skip


def words(markup: str) -> str:
    """What a reader of the HTML part reads: its body without tags, entities resolved, blanks as one."""
    body = markup.partition("<body")[2].partition(">")[2]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def queued_kinds() -> set[str]:
    """The kinds that the `mails` of all apps queue, as their source says."""
    kinds: set[str] = set()
    for file in SRC.glob("*/mails.py"):
        source = file.read_text()
        kinds |= set(re.findall(r'(?:queue\(|kind=)\s*"([a-z_]+/[a-z_]+)"', source))
        kinds |= {f"{file.parent.name}/{kind}" for kind in re.findall(r'_send\(\s*"([a-z_]+)"', source)}
    return kinds


def test_every_kind_that_is_queued_has_a_case_here() -> None:
    assert queued_kinds() == {kind for kind, _, _, _ in CASES}


@pytest.mark.parametrize("kind", sorted(queued_kinds()))
def test_every_kind_has_its_three_templates(kind: str) -> None:
    for name in ("subject.txt", "text.txt", "body.html"):
        assert Engine.get_default().get_template(f"mails/{kind}/{name}")


def test_every_folder_of_templates_is_a_mail_that_is_queued() -> None:
    root = SRC / "templates" / "mails"
    assert {f"{f.parent.parent.name}/{f.parent.name}" for f in root.glob("*/*/subject.txt")} == queued_kinds()


@in_each_language
@each
def test_a_subject_is_one_short_line(
    kind: str, about: str, context: dict[str, Any], purpose: str, language: str
) -> None:
    subject = shown(kind, context, purpose, language).subject
    assert subject
    assert len(subject) <= 60, f"{len(subject)}: {subject}"
    assert not re.search(r"[\r\n{}%]", subject)


@in_each_language
@each
def test_text_and_html_say_the_same(
    kind: str, about: str, context: dict[str, Any], purpose: str, language: str
) -> None:  # C6, I7
    mail = shown(kind, context, purpose, language)
    read = words(mail.html)
    for line in mail.text.splitlines():
        line = " ".join(line.removeprefix("- ").split())
        if line == "--":
            continue
        for part in re.split(r"(?<=:) |, ", line):  # in HTML a label has a cell of its own
            assert part.rstrip("\u00a0:").strip() in read, f"only in the text: {part!r}"
    if purpose:
        url = re.findall(r"http\S+/token/\S+|http\S{60,}", mail.text)
        assert len(url) == 1
        assert f'href="{html.escape(url[0])}"' in mail.html
    if "reference" in context:
        assert context["reference"] in mail.text
    if "expires_at" in context:
        with override(language):
            assert dates.when(EXPIRES) in mail.text


@in_each_language
@each
def test_no_mail_leaves_a_gap_or_a_tag(
    kind: str, about: str, context: dict[str, Any], purpose: str, language: str
) -> None:
    mail = shown(kind, context, purpose, language)
    for part in (mail.subject, mail.text, words(mail.html)):
        assert not re.search(r"\{[{%#]|[}%#]\}|%\(|\bNone\b|<[a-z/]|\(\)| ,|&(?:amp|lt|gt|quot|#)", part)
        assert not re.search(r"(?i)\b(please|sorry|oops|invalid|valid)\b|\(s\)", part)
    assert not re.search(r"<script|javascript:|src=", mail.html)
    assert mail.html.count("<h1") == 1


@in_each_language
@each
def test_the_first_line_says_what_it_is_about_before_the_greeting(
    kind: str, about: str, context: dict[str, Any], purpose: str, language: str
) -> None:
    first = shown(kind, context, purpose, language).text.splitlines()[0]
    assert len(first) > 30
    assert first.rstrip().endswith((".", "?"))


@each
def test_hostile_words_stay_words(kind: str, about: str, context: dict[str, Any], purpose: str) -> None:
    evil = "<script>alert(1)</script>&amp;%(x)s{{ brand }}{% now 'Y' %}"

    def spoil(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: spoil(inner, name) for name, inner in value.items()}
        if key in {"kind", "step", "state", "refusal", "reference"} or not isinstance(value, str) or not value:
            return value
        return f"{value} {evil}"

    mail = shown(kind, spoil(context), purpose, to_name=f"Tina {evil}")
    assert "<script" not in mail.html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;" in mail.html
    assert evil in mail.text
    assert "&lt;" not in mail.text
    assert "&lt;" not in mail.subject


@each
def test_long_names_and_line_breaks_never_break_a_subject(
    kind: str, about: str, context: dict[str, Any], purpose: str
) -> None:
    def stretch(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: stretch(inner, name) for name, inner in value.items()}
        if key in {"company_name", "name", "full_name", "subject", "comments", "note", "function"} and value:
            return f"{value}\r\nBcc: all@x.example\u2028{'é' * 300}"
        return value

    mail = shown(kind, stretch(context), purpose, to_name="é" * 300)
    assert mail.subject.strip() == mail.subject
    assert len(mail.subject.splitlines()) == 1
    assert len(mail.subject) <= 100
    if "reference" in context and context["reference"] in shown(kind, context, purpose).subject:
        assert context["reference"] in mail.subject


@in_each_language
@each
def test_a_password_is_only_spoken_of_where_one_is_chosen(
    kind: str, about: str, context: dict[str, Any], purpose: str, language: str
) -> None:
    mail = shown(kind, context | {"password": "correct horse", "token": "0xdeadbeef"}, purpose, language)
    own_words = mail.text.partition("\n--\n")[0]  # the footer says that we never ask for one
    spoken = re.search(r"(?i)password|mot de passe", own_words)
    assert bool(spoken) == (kind in {"opening/opened_plsa", "opening/activation"})
    for part in (mail.subject, mail.text, mail.html):
        assert "correct horse" not in part
        assert "0xdeadbeef" not in part


@in_each_language
@pytest.mark.parametrize("kind", ["opening/terms", "opening/reminder", "opening/designation"])
def test_the_representative_learns_who_asks_and_who_is_proposed_but_not_the_cofor(kind: str, language: str) -> None:
    # C6, decision 8
    context = OPENING | LINK | {"cofor": COFOR, "kind": "designation" if kind.endswith("designation") else "opening"}
    mail = shown(kind, context, "terms", language, to_name="Léon O'Représentant")
    for part in (mail.text, words(mail.html)):
        assert COFOR not in part
        assert "Léon O'Représentant" in part
        assert "OP-7K2M-Q4XW" in part
        assert brand.current().organisation.name in part
        if context["kind"] == "opening":
            for fact in ("Rita Requester", "rita@fournier.example", "Paula Plsa", "paula@fournier.example"):
                assert fact in part


@pytest.mark.parametrize("kind", ["received", "refused", "terms_refused", "lapsed", "closed", "disputed"])
def test_a_requester_who_is_not_accepted_learns_no_name_of_the_company(kind: str) -> None:  # decision 10
    mail = shown(f"opening/{kind}", OPENING | {"matched": True, "refusal": "other", "note": ""}, "")
    for part in (mail.subject, mail.text, mail.html):
        for secret in ("Fournier", "Paula", "Léon", "@fournier.example"):
            assert secret not in part.replace("tina@fournier.example", "")


def test_the_acknowledgement_to_a_stranger_holds_nothing_that_was_typed() -> None:  # decision 21
    context = TICKET | {"in_full": False}
    mail = shown("support/acknowledged", context, "", to_name="")
    for part in (mail.subject, mail.text, words(mail.html)):
        for name in ("subject", "comments", "company_name", "cofor", "login", "phone", "full_name"):
            assert str(context[name]) not in part
    assert str(brand.current().contact.answer_delay) in mail.text


def test_the_assistance_receives_everything_a_ticket_holds() -> None:  # G3
    mail = shown("support/received", TICKET, "")
    for name, value in TICKET.items():
        if isinstance(value, str) and name != "kind":
            assert value in mail.text
            assert value.replace("\n", "<br>") in mail.html
    assert "Our code" in mail.subject


def test_the_relay_shows_the_message_and_says_that_the_address_was_kept() -> None:  # C3
    mail = shown("support/relay", TICKET | {"kind": "relay"}, "")
    for part in ("Marc Fournier", "marc@fournier.example", "Our plant moved.\nWho do we tell?", "were not shown"):
        assert part in mail.text
    assert COFOR not in mail.text


@each
def test_another_brand_speaks_in_its_own_words(
    kind: str, about: str, context: dict[str, Any], purpose: str, settings: Any
) -> None:
    settings.PASSERELLE_BRAND = brand.load(SRC.parents[1] / "brands" / "brassac", {})
    mail = shown(kind, context, purpose)
    for part in (mail.subject, mail.text, words(mail.html)):
        assert not re.search(r"Norvane|\bPLSAs?\b|\bB2B\b", part)
        assert not re.search(r"\bCOFOR\b", part)
    assert "Ateliers Brassac" in mail.text
