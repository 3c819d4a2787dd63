"""Rendering: in the reader's language, both parts alike, hostile text harmless, secrets kept from staff (A3, I7)."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest

from passerelle import brand
from passerelle.brand.colour import contrast
from passerelle.mail import links
from passerelle.mail.models import Link
from passerelle.mail.render import WITHHELD, preview, render
from tests.mail.conftest import CONTEXT, Queue

pytestmark = pytest.mark.django_db
Issue = Callable[..., Link]


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", re.sub(r"(?s)<head>.*</head>", "", html))).split())


def test_instants_are_written_in_the_organisation_s_zone(queue: Queue) -> None:
    assert "16 March 2026 at 10:30 (Paris time)" in render(queue()).text


def test_the_mail_says_its_language(queue: Queue) -> None:
    assert '<html lang="fr"' in render(queue(language="fr")).html
    assert "16 mars 2026" in render(queue(language="fr")).text


def test_a_link_stands_as_a_button_and_in_clear_in_both_parts(queue: Queue, link: Issue) -> None:
    made = link()
    rendered = render(queue("probe/linked", link=made, language="fr"))
    address = links.url(made, "fr")
    assert rendered.text.splitlines().count(address) == 1
    assert "Read and accept\n" + address in rendered.text
    assert rendered.html.count(f'href="{address}"') == 2
    assert rendered.html.count(f">{address}<") == 1


def test_the_first_line_says_who_asks_what(queue: Queue, link: Issue) -> None:
    rendered = render(queue("probe/linked", link=link()))
    assert rendered.text.startswith("Fournier Précision asks you to accept by 16 March 2026")
    assert rendered.subject == "Action needed: Fournier Précision"


def test_both_parts_say_the_same(queue: Queue) -> None:
    rendered = render(queue())
    said = words(rendered.html)
    for line in filter(None, (line.strip("- ") for line in rendered.text.splitlines()[2:])):
        assert line in said


def test_it_tells_how_to_check_that_it_is_from_us(queue: Queue) -> None:
    house = brand.current()
    for part in (render(queue()).text, words(render(queue()).html)):
        assert house.mail.sender_address in part
        assert house.contact.assistance_phone in part


def test_hostile_words_stay_words(queue: Queue) -> None:
    note = '<script>alert(1)</script> & "quotes" {{ brand }} {% now "Y" %}'
    rendered = render(queue(context={**CONTEXT, "note": note, "company": "A\r\nBcc: x@y.example"}))
    assert "<script" not in rendered.html
    assert note in rendered.text
    assert rendered.subject == "Sign in: A Bcc: x@y.example"


def test_the_context_cannot_stand_in_for_the_portal_s_own_facts(queue: Queue) -> None:
    assert "evil" not in render(queue(context={**CONTEXT, "link_url": "https://evil.example"})).html


def test_the_html_asks_nothing_of_the_network(queue: Queue, link: Issue) -> None:
    html = render(queue("probe/linked", link=link())).html
    assert not re.search(r"(?i)<(img|link|script|iframe)|url\(|@import", html)


def test_its_colours_can_be_read_in_light_and_dark() -> None:
    palette = brand.current().look.palette
    assert contrast("#ffffff", palette.light.brand) >= 4.5
    assert contrast(palette.light.on_brand, palette.light.brand) >= 4.5
    assert contrast("#465861", "#f3f5f4") >= 4.5
    assert contrast(palette.dark.brand, "#162227") >= 4.5
    assert contrast(palette.dark.on_brand, palette.dark.brand) >= 4.5


def test_staff_see_a_mail_without_its_link(queue: Queue, link: Issue) -> None:
    made = link()
    seen = preview(queue("probe/linked", link=made))
    assert seen
    assert links.token(made) not in seen.text + seen.html
    assert WITHHELD in seen.text


def test_staff_see_nothing_of_a_sensitive_mail(queue: Queue) -> None:
    assert preview(queue(sensitive=True)) is None


def test_a_very_long_subject_is_cut(queue: Queue) -> None:
    assert len(render(queue(context={**CONTEXT, "company": "x" * 1000})).subject) == 200
