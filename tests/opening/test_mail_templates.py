"""The words of every mail: three templates a kind, the same facts in text and HTML, nothing typed breaks them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.conf.urls.i18n import i18n_patterns
from django.http import HttpRequest, HttpResponse
from django.template import Engine
from django.test import RequestFactory, override_settings
from django.urls import include, path
from django.utils.translation import override

import passerelle
from passerelle import brand
from passerelle.mail import links
from passerelle.mail.render import Rendered, render
from passerelle.opening.enums import OpeningKind, RefusalReason
from passerelle.support.enums import TicketKind
from passerelle.web import dates, gallery, mail_samples
from passerelle.web.mail_samples import COFOR, EXPIRES, LINK, OPENING, SAMPLES, TICKET, Sample

SRC = Path(passerelle.__file__).parent
each = pytest.mark.parametrize("sample", SAMPLES, ids=[sample.name for sample in SAMPLES])
in_each_language = pytest.mark.parametrize("language", ["en", "fr"])


def _page(request: HttpRequest, token: str) -> HttpResponse:
    return HttpResponse(token)


# A page for every purpose of a link: the real ones stand on a higher floor.
_SPACES: dict[str, list[Any]] = {}
for _space, _, _name in (route.partition(":") for route in links.ROUTES.values()):
    _SPACES.setdefault(_space, []).append(path(f"{_name}/<str:token>/", _page, name=_name))
urlpatterns = i18n_patterns(*(path(f"{space}/", include((pages, space))) for space, pages in _SPACES.items()))


@pytest.fixture(autouse=True, scope="module")
def _addresses() -> Iterator[None]:
    with override_settings(ROOT_URLCONF=__name__):
        yield


@cache
def mail_of(sample: Sample, language: str) -> Rendered:
    return render(sample.message(language))


def changed(sample: Sample, context: dict[str, Any], to_name: str = "Tina Thomas") -> Rendered:
    """The sample in English with other facts."""
    return render(replace(sample, context=context).message("en", to_name))


def one(kind: str, context: dict[str, Any], language: str = "en", to_name: str = "Tina Thomas") -> Rendered:
    return render(Sample(kind, "", context).message(language, to_name))


def words(markup: str) -> str:
    """What a reader of the HTML part reads: its body without tags, entities resolved, blanks as one."""
    body = markup.partition("<body")[2].partition(">")[2]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def queued_kinds() -> set[str]:
    """The kinds that the `mails` of all apps queue, as their source says."""
    kinds: set[str] = set()
    for file in (*SRC.glob("*/mails.py"), *SRC.glob("*/mails/*.py")):
        source, app = file.read_text(), file.relative_to(SRC).parts[0]
        kinds |= set(re.findall(r'(?:queue\(|kind=)\s*"([a-z_]+/[a-z_]+)"', source))
        kinds |= {f"{app}/{kind}" for kind in re.findall(r'_send\(\s*"([a-z_]+)"', source)}
    return kinds


def test_every_kind_that_is_queued_has_a_sample() -> None:
    assert queued_kinds() == {sample.kind for sample in SAMPLES}


def test_there_is_a_sample_of_every_kind_of_opening_reason_and_ticket() -> None:
    assert {sample.context["kind"] for sample in SAMPLES if "people" in sample.context} == set(OpeningKind.values)
    assert {sample.context["refusal"] for sample in SAMPLES if "refusal" in sample.context} == set(RefusalReason.values)
    assert {sample.context["kind"] for sample in SAMPLES if "comments" in sample.context} == set(TicketKind.values)


@in_each_language
def test_the_gallery_shows_every_mail(language: str, rf: RequestFactory, settings: Any) -> None:
    settings.DEBUG = True
    mail_samples.register()
    for sample in SAMPLES:
        assert sample.name in gallery.states()
        with override(language):
            page = gallery.state(rf.get("/"), sample.name)
            text = gallery.state(rf.get("/?as=text"), sample.name)
        assert page.status_code == text.status_code == 200
        assert f'lang="{language}"' in page.content.decode()
        assert "https://…" in text.content.decode() or not sample.purpose


@pytest.mark.parametrize("kind", sorted(queued_kinds()))
def test_every_kind_has_its_three_templates(kind: str) -> None:
    for name in ("subject.txt", "text.txt", "body.html"):
        assert Engine.get_default().get_template(f"mails/{kind}/{name}")


def test_every_folder_of_templates_is_a_mail_that_is_queued() -> None:
    root = SRC / "templates" / "mails"
    assert {f"{f.parent.parent.name}/{f.parent.name}" for f in root.glob("*/*/subject.txt")} == queued_kinds()


@in_each_language
@each
def test_a_subject_is_one_short_line(sample: Sample, language: str) -> None:
    subject = mail_of(sample, language).subject
    assert subject
    assert len(subject) <= 60, f"{len(subject)}: {subject}"
    assert not re.search(r"[\r\n{}%]", subject)


@in_each_language
@each
def test_text_and_html_say_the_same(sample: Sample, language: str) -> None:  # C6, I7
    mail = mail_of(sample, language)
    read = words(mail.html)
    for line in mail.text.splitlines():
        line = " ".join(line.removeprefix("- ").split())
        if line == "--":
            continue
        for part in re.split(r"(?<=:) |, ", line):  # in HTML a label has a cell of its own
            assert part.rstrip("\u00a0:").strip() in read, f"only in the text: {part!r}"
    if sample.purpose:
        url = re.findall(r"http\S{60,}", mail.text)
        assert len(url) == 1
        assert f'href="{url[0]}"' in mail.html
    if "reference" in sample.context:
        assert sample.context["reference"] in mail.text
    if "expires_at" in sample.context:
        with override(language):
            assert dates.when(EXPIRES) in mail.text


@in_each_language
@each
def test_no_mail_leaves_a_gap_or_a_tag(sample: Sample, language: str) -> None:
    mail = mail_of(sample, language)
    for part in (mail.subject, mail.text, words(mail.html)):
        assert not re.search(r"\{[{%#]|[}%#]\}|%\(|\bNone\b|<[a-z/]|\(\)| ,|&(?:amp|lt|gt|quot|#)", part)
        assert not re.search(r"(?i)\b(please|sorry|oops|invalid|valid)\b|\(s\)", part)
    assert not re.search(r"<script|javascript:|src=", mail.html)
    assert mail.html.count("<h1") == 1


@in_each_language
@each
def test_the_first_line_says_what_it_is_about_before_the_greeting(sample: Sample, language: str) -> None:
    first = mail_of(sample, language).text.splitlines()[0]
    assert len(first) > 30
    assert first.endswith(".")


@in_each_language
@each
def test_a_password_is_only_spoken_of_where_one_is_chosen(sample: Sample, language: str) -> None:
    if sample.kind.partition("/")[0] not in {"opening", "support"}:
        return  # the mails of logins are about passwords
    own_words = mail_of(sample, language).text.partition("\n--\n")[0]  # the footer says that we never ask for one
    spoken = re.search(r"(?i)password|mot de passe", own_words)
    assert bool(spoken) == (sample.kind in {"opening/opened_plsa", "opening/activation"})


@each
def test_hostile_words_stay_words_and_secrets_stay_out(sample: Sample) -> None:
    evil = "<script>alert(1)</script>&amp;%(x)s{{ brand }}{% now 'Y' %}"

    def spoil(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: spoil(inner, name) for name, inner in value.items()}
        if key in {"kind", "step", "state", "refusal", "reference"} or not isinstance(value, str) or not value:
            return value
        return f"{value} {evil}"

    secrets = {"password": "correct horse", "token": "0xdeadbeef"}
    mail = changed(sample, spoil(sample.context) | secrets, to_name=f"Tina {evil}")
    assert "<script" not in mail.html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;" in mail.html
    assert evil in mail.text
    assert "&lt;" not in mail.text
    assert "&lt;" not in mail.subject
    for part in (mail.subject, mail.text, mail.html):
        for secret in secrets.values():
            assert secret not in part


@each
def test_long_names_and_line_breaks_never_break_a_subject(sample: Sample) -> None:
    def stretch(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: stretch(inner, name) for name, inner in value.items()}
        if key in {"company_name", "name", "full_name", "subject", "comments", "note", "function"} and value:
            return f"{value}\r\nBcc: all@x.example\u2028{'é' * 300}"
        return value

    mail = changed(sample, stretch(sample.context), to_name="é" * 300)
    assert len(mail.subject.splitlines()) == 1
    assert len(mail.subject) <= 100
    reference = sample.context.get("reference", "")
    assert (reference in mail.subject) == (reference in mail_of(sample, "en").subject)


@each
def test_another_brand_speaks_in_its_own_words(sample: Sample, settings: Any) -> None:
    settings.PASSERELLE_BRAND = brand.load(SRC.parents[1] / "brands" / "brassac", {})
    mail = changed(sample, sample.context)
    for part in (mail.subject, mail.text, words(mail.html)):
        assert not re.search(r"Norvane|\bPLSAs?\b|\bB2B\b|\bCOFOR\b", part)
    assert "Ateliers Brassac" in mail.text


@in_each_language
@pytest.mark.parametrize("kind", ["terms", "reminder", "designation"])
def test_the_representative_learns_who_asks_and_who_is_proposed_but_not_the_cofor(kind: str, language: str) -> None:
    # C6, decision 8
    act = "designation" if kind == "designation" else "opening"
    mail = one(f"opening/{kind}", OPENING | LINK | {"cofor": COFOR, "kind": act}, language, "Léon O'Représentant")
    for part in (mail.text, words(mail.html)):
        assert COFOR not in part
        assert "Léon O'Représentant" in part
        assert "OP-7K2M-Q4XW" in part
        assert brand.current().organisation.name in part
        if act == "opening":
            for fact in ("Rita Requester", "rita@fournier.example", "Paula Plsa", "paula@fournier.example"):
                assert fact in part


@pytest.mark.parametrize("kind", ["received", "refused", "terms_refused", "lapsed", "closed", "disputed"])
def test_a_requester_who_is_not_accepted_learns_no_name_of_the_company(kind: str) -> None:  # decision 10
    mail = one(f"opening/{kind}", OPENING | {"matched": True, "refusal": "other", "note": ""})
    for part in (mail.subject, mail.text, mail.html):
        for secret in ("Fournier", "Paula", "Léon", "@fournier.example"):
            assert secret not in part


def test_the_acknowledgement_to_a_stranger_holds_nothing_that_was_typed() -> None:  # decision 21
    mail = one("support/acknowledged", TICKET | {"in_full": False}, to_name="")
    for part in (mail.subject, mail.text, words(mail.html)):
        for name in ("subject", "comments", "company_name", "cofor", "login", "phone", "full_name"):
            assert str(TICKET[name]) not in part
    assert str(brand.current().contact.answer_delay) in mail.text


def test_the_assistance_receives_everything_a_ticket_holds() -> None:  # G3
    mail = one("support/received", TICKET)
    for name, value in TICKET.items():
        if isinstance(value, str) and name != "kind":
            assert value in mail.text
            assert value.replace("\n", "<br>") in mail.html
    assert "Our code" in mail.subject


def test_the_relay_shows_the_message_and_says_that_the_address_was_kept() -> None:  # C3
    mail = one("support/relay", TICKET | {"kind": "relay"})
    for part in ("Marc Fournier", "marc@fournier.example", "Our plant moved.\nWho do we tell?", "were not shown"):
        assert part in mail.text
    assert COFOR not in mail.text
