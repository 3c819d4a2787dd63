"""Parts of pages that are rendered once a process: the same pages, nobody's data, one brand's (P2)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.forms import CharField, Form
from django.template import Context, Template, TemplateSyntaxError
from django.test import Client
from django.utils import translation
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import mark_safe

from passerelle import brand
from passerelle.accounts import actions as accounts
from passerelle.accounts.enums import PersonKind
from passerelle.accounts.models import Person
from passerelle.brand import Brand
from passerelle.core.actor import SYSTEM
from passerelle.web import kept
from passerelle.web.forms import PortalForm
from passerelle.web.kept import KeptNode, PageIds

PATHS = (
    "", "sign-in/", "sign-in/?next=/en/home/", "get-an-access/", "get-an-access/?cofor=A1B2C3&_switch=1", "help/",
    "help/?q=cofor", "help/?topic=blocked-access", "help/glossary/", "help/contact/?subject=A+question",
    "forgotten-login/", "help/blocked-access/", "information/", "information/guide/", "present-your-company/",
    "browsers/", "cookies/", "accessibility/", "legal-notice/", "personal-data/", "site-map/", "nowhere/", "home/",
)  # fmt: skip
NAMES = {
    "checks", "form", "glossary_count", "guide", "login_url", "needs_proof", "opened", "password_url", "places",
    "private_url", "sections", "sign_in_url", "topic", "topics", "welcome_url",
}  # fmt: skip
SOURCE = Path(kept.__file__).parents[1]


@pytest.fixture(autouse=True)
def _fresh() -> None:
    kept.forget()


@pytest.fixture
def portal(settings: Any, db: None) -> None:
    settings.ROOT_URLCONF = "passerelle.config.urls"


@pytest.fixture
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Makes the tag transparent: what stands in it sees the whole page, each time."""

    def switch_off() -> None:
        monkeypatch.setattr(KeptNode, "render", lambda node, context: node.nodelist.render(context))

    return switch_off


@pytest.fixture
def paula(db: None, now: datetime) -> Person:
    return accounts.create_login(
        first_name="Paula", last_name="Quinquaud", email="paula@fournier.example", language="en",
        kind=PersonKind.STAFF, actor=SYSTEM, now=now,
    )  # fmt: skip


def signed_in(person: Person, now: datetime) -> Client:
    client = Client()
    client.force_login(person)
    session = client.session
    session.update({"epoch": person.credential_epoch, "created_at": now.isoformat(), "last_seen_at": now.isoformat()})
    session.save()
    return client


def shown(client: Client, path: str) -> str:
    """A page without what is new in each: its token and the mark of a form."""
    text = client.get(path).content.decode()
    return re.sub(r'(<input type="hidden" name="(?:csrfmiddlewaretoken|submission)" value=")[^"]+', r"\1", text)


def pages(client: Client) -> dict[str, str]:
    return {path: shown(client, path) for tail in PATHS for path in (f"/en/{tail}", f"/fr/{tail}")}


def test_pages_are_the_same_cold_warm_and_with_nothing_kept(
    portal: None, paula: Person, now: datetime, nothing_kept: Callable[[], None]
) -> None:
    later = now + timedelta(minutes=1)
    with time_machine.travel(later, tick=False):
        browser = signed_in(paula, later)
        cold: dict[str, str] = {}
        for path in PATHS:
            kept.forget()
            cold |= {f"/{language}/{path}": shown(Client(), f"/{language}/{path}") for language in ("en", "fr")}
        warm, hers = pages(Client()), pages(browser)
        again, hers_again = pages(Client()), pages(browser)
        nothing_kept()
        plain, hers_plain = pages(Client()), pages(browser)
    assert cold == warm == again == plain
    assert hers == hers_again == hers_plain
    assert hers["/en/"] != warm["/en/"]


def test_a_strangers_page_holds_nothing_of_who_was_there_before(portal: None, paula: Person, now: datetime) -> None:
    later = now + timedelta(minutes=1)
    with time_machine.travel(later, tick=False):
        browser = signed_in(paula, later)
        hers = pages(browser)
        assert "Quinquaud" in "".join(hers.values())
        assert not [path for path, text in pages(Client()).items() if "Quinquaud" in text or "/desk/" in text]
        kept_texts = [str(text) for text, _ in kept._kept.parts.values()]
    assert kept_texts
    assert not [text for text in kept_texts if "Quinquaud" in text or "csrfmiddlewaretoken" in text]


def test_what_a_visitor_typed_is_not_shown_to_the_next(portal: None) -> None:
    typed = shown(Client(), "/en/get-an-access/?cofor=ZZTOP9&site=99&_switch=1")
    assert "ZZTOP9" in typed
    assert "ZZTOP9" in shown(Client(), "/en/help/?q=ZZTOP9")
    Client().post("/en/sign-in/", {"login": "ZZTOP9", "password": ""})
    assert not [path for path, text in pages(Client()).items() if "ZZTOP9" in text]
    assert "ZZTOP9" not in repr(kept._kept.parts)


def test_a_token_is_new_on_each_page(portal: None) -> None:
    tokens = {re.findall(r'csrfmiddlewaretoken" value="([^"]+)', Client().get("/en/sign-in/").content.decode())[0]
              for _ in range(3)}  # fmt: skip
    assert len(tokens) == 3


def test_another_brand_in_force_shows_nothing_of_the_first(portal: None, settings: Any) -> None:
    first = brand.current()
    before = shown(Client(), "/en/")
    assert first.organisation.name in before
    settings.PASSERELLE_BRAND = first.model_copy(
        update={"organisation": first.organisation.model_copy(update={"name": "Group B"})}
    )
    assert "© Group B" in shown(Client(), "/en/")
    assert first.organisation.name not in re.findall(r"<footer.*?</footer>", shown(Client(), "/en/"), re.S)[0]
    settings.PASSERELLE_BRAND = first
    assert shown(Client(), "/en/") == before


# ---------------------------------------------------------------- the tag by itself


def render(source: str, **known: Any) -> str:
    return Template(source).render(Context({"brand": brand.current(), "page_ids": PageIds(), **known}))


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was really rendered, not taken from what is kept."""
    found: list[str] = []
    rendered = KeptNode._rendered

    def note(node: KeptNode, context: Context) -> Any:
        found.append(text := rendered(node, context))
        return text

    monkeypatch.setattr(KeptNode, "_rendered", note)
    return found


def test_what_is_kept_sees_only_what_it_names() -> None:
    known = {"named": "seen", "other": "hidden", "user": "hidden", "request": "hidden", "csrf_token": "hidden"}
    assert (
        render("{% kept named %}{{ named }}{{ other }}{{ user }}{{ request }}{{ csrf_token }}{% endkept %}", **known)
        == "seen"
    )


def test_a_part_is_rendered_once_for_each_value_and_language(counted: list[str]) -> None:
    page = Template("{% kept name %}{{ name }} {% translate 'Help' %}{% endkept %}")

    def show(name: object) -> str:
        return page.render(Context({"brand": brand.current(), "page_ids": PageIds(), "name": name}))

    with translation.override("en"):
        assert [show("a"), show("a"), show("b")] == ["a Help", "a Help", "b Help"]
    with translation.override("fr"):
        assert show("a") == "a Aide"
    assert len(counted) == 3


def test_values_that_are_equal_and_written_otherwise_are_two() -> None:
    page = Template("{% kept name %}{{ name }}{% endkept %}")

    def show(name: object) -> str:
        return page.render(Context({"brand": brand.current(), "page_ids": PageIds(), "name": name}))

    assert show(mark_safe("<b>")) == "<b>"
    assert show("<b>") == "&lt;b&gt;"
    assert [show(1), show(True), show([True]), show([1])] == ["1", "True", "[True]", "[1]"]


def test_ids_go_on_after_a_kept_part() -> None:
    new = '{% element_id "" "id" %}'
    page = Template(f"{new} {{% kept %}}{new} {new}{{% endkept %}} {new}")
    for _ in range(2):
        assert page.render(Context({"brand": brand.current(), "page_ids": PageIds()})) == "id-1 id-2 id-3 id-4"


@pytest.mark.parametrize("value", [object(), SimpleLazyObject(lambda: "lazy"), Person(), {1: object()}, b"bytes"])
def test_only_plain_values_can_be_named(value: object) -> None:
    with pytest.raises(TypeError, match="no plain value"):
        render("{% kept value %}{% endkept %}", value=value)


class Alike(PortalForm):
    alike = True
    name = CharField()


class Stock(Form):
    name = CharField()


@pytest.mark.parametrize(
    ("form", "times"),
    [(Alike, 1), (lambda: Alike({"name": "x"}), 2), (lambda: Alike(initial={"name": "x"}), 2),
     (lambda: Alike(prefix="p"), 2), (PortalForm, 2), (Stock, 2)],
)  # fmt: skip
def test_a_form_is_kept_only_while_it_is_the_same_for_everybody(
    form: Callable[[], Form], times: int, counted: list[str]
) -> None:
    page = Template("{% kept form %}{{ form.name }}{% endkept %}")
    for _ in range(2):
        page.render(Context({"brand": brand.current(), "page_ids": PageIds(), "form": form()}))
    assert len(counted) == times


@pytest.mark.parametrize(
    "source",
    [
        "{% kept %}{% block main %}{% endblock %}{% endkept %}",
        "{% kept %}<form>{% csrf_token %}</form>{% endkept %}",
        "{% kept %}{% if x %}{% csrf_token %}{% endif %}{% endkept %}",
        "{% kept request.user %}{% endkept %}",
        "{% kept a|upper %}{% endkept %}",
        "{% kept %}",
    ],
)
def test_what_cannot_be_kept_is_refused_when_the_template_is_read(source: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        Template(source)


def test_nothing_is_kept_without_a_brand_or_while_templates_are_written(counted: list[str], settings: Any) -> None:
    page = Template("{% kept %}x{% endkept %}")
    for known in ({}, {"brand": None, "page_ids": PageIds()}, {"brand": brand.current()}):
        assert page.render(Context(known)) == "x"
    settings.DEBUG = True
    page.render(Context({"brand": brand.current(), "page_ids": PageIds()}))
    assert len(counted) == 4
    assert not kept._kept.parts


def test_values_made_up_by_visitors_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST", 10)
    page = Template("{% kept name %}{{ name }}{% endkept %}")
    for number in range(35):
        assert page.render(
            Context({"brand": brand.current(), "page_ids": PageIds(), "name": f"{number}"})
        ) == f"{number}"  # fmt: skip
        assert len(kept._kept.parts) <= 10


def test_a_change_of_settings_forgets_what_is_kept(settings: Any) -> None:
    render("{% kept %}x{% endkept %}")
    assert kept._kept.parts
    settings.STATIC_URL = "/elsewhere/"
    assert not kept._kept.parts


def test_each_name_that_templates_keep_is_known_to_be_nobodys() -> None:
    """A new name stands here only after a look at where its value comes from: never from a person or what was typed."""
    found = {
        name
        for path in (SOURCE / "templates").rglob("*.html")
        for tag in re.findall(r"{% kept ([^%]*)%}", path.read_text(encoding="utf-8"))
        for name in tag.split()
    }
    assert found == NAMES


def test_a_brand_is_compared_by_identity_so_that_pages_do_not_read_it_through() -> None:
    chosen = brand.current()
    twin = Brand.model_validate(chosen.model_dump())
    render("{% kept %}{{ brand.organisation.name }}{% endkept %}")
    first = kept._kept
    render("{% kept %}x{% endkept %}", brand=twin)
    assert kept._kept is not first
    assert kept._kept.brand is twin
