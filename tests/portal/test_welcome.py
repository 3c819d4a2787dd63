"""The public site outside the journeys: welcome, information, and the pages every site owes its visitors."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime

import pytest
from django.test import Client

from passerelle import brand
from passerelle.config.env import ROOT
from passerelle.core import clock
from passerelle.portal.welcome import terms
from passerelle.portal.welcome.browsers import Support, recognise
from tests import cast

PAGES = [
    "", "present-your-company/", "information/", "information/guide/", "information/general-terms/",
    "information/about/", "browsers/", "legal-notice/", "personal-data/", "cookies/", "accessibility/", "site-map/",
    "forgotten-login/", "forgotten-password/", "help/", "help/?q=cofor", "help/glossary/", "help/blocked-access/",
]  # fmt: skip
HOSTILE = ["%00", "%ff%fe", "%E2%80%AE", "%0d%0aSet-Cookie:a=b", "%3Cscript%3E", "x" * 4000, "%F0%9F%92%A9", "%27;--"]

pytestmark = pytest.mark.django_db
Queries = Callable[[int], AbstractContextManager[object]]


@pytest.fixture(autouse=True)
def _fresh_terms() -> None:
    terms.forget()


def read(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("path", PAGES)
def test_every_public_page_opens_to_strangers_in_both_languages(client: Client, language: str, path: str) -> None:
    page = read(client, f"/{language}/{path}")  # A1, A3
    assert f'<html lang="{language}"' in page
    assert page.count("<h1") == 1
    assert "{%" not in page
    assert "{{" not in page


@pytest.mark.parametrize("path", PAGES)
def test_a_warm_public_page_asks_no_database(client: Client, django_assert_num_queries: Queries, path: str) -> None:
    cast.publish_terms(clock.now())  # P12
    client.get(f"/en/{path}")
    with django_assert_num_queries(0):
        client.get(f"/en/{path}")


@pytest.mark.parametrize("path", PAGES)
def test_public_pages_hold_no_style_script_or_address_of_others(client: Client, path: str) -> None:  # G1, P1
    page = read(client, f"/en/{path}")
    assert not re.search(r"\sstyle=|<style|\son\w+=|<script(?! type=\"module\" src=\"/)", page)
    assert not re.search(r"(src|href)=\"//", page)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_link_of_the_public_pages_is_dead(client: Client, language: str) -> None:  # issue: no dead link
    wanted: set[str] = set()
    for path in PAGES:
        found = re.findall(r'href="(/[^"]*)"', read(client, f"/{language}/{path}"))
        wanted |= {link.partition("#")[0].replace("&amp;", "&") for link in found}
    pages = {link for link in wanted if not link.startswith(("/static/", "/brand-"))}
    assert len(pages) > 30
    # A link to a page of one's own leads a stranger to sign in first.
    assert {link: client.get(link, follow=True).status_code for link in pages} == dict.fromkeys(pages, 200)


@pytest.mark.parametrize("path", PAGES)
def test_links_within_a_page_lead_to_something_on_it(client: Client, path: str) -> None:
    page = read(client, f"/en/{path}")
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


def test_the_home_page_has_two_ways_to_sign_in_and_the_three_ways_out(client: Client) -> None:  # A1, A2
    page = read(client, "/en/")
    header, main = page.split("<main", 1)
    assert "/en/sign-in/" in header
    assert "/en/sign-in/" in main
    for way in ("/en/forgotten-login/", "/en/forgotten-password/", "/en/help/blocked-access/"):
        assert way in main


def test_the_quick_check_goes_to_get_an_access_by_get(client: Client) -> None:  # P1, C1
    page = read(client, "/en/")
    form = re.search(r'<form method="get" action="/en/get-an-access/".*?</form>', page, re.DOTALL)
    assert form
    assert 'name="cofor"' in form[0]
    assert "csrf" not in form[0]
    assert client.get("/en/get-an-access/?cofor=ZZ99ZZ").status_code == 200


def test_the_home_page_leaves_news_out_while_there_are_none(client: Client) -> None:  # P1
    assert 'id="news"' not in read(client, "/en/")
    assert read(client, "/en/").count('class="path"') == 3


def test_delays_come_from_the_brand(client: Client) -> None:  # decision 34
    assert "Within 1 working day" in read(client, "/en/")
    assert "Monday to Friday, 8am to 6pm" in read(client, "/en/")


def test_the_general_terms_in_force_can_be_read_by_everybody(client: Client) -> None:  # A7
    assert "No version is in effect yet" in read(client, "/en/information/general-terms/")
    cast.publish_terms(clock.now())
    page = read(client, "/fr/information/general-terms/")
    assert "Conditions numéro 1." in page
    assert "/en/information/general-terms/" in page
    information = read(client, "/en/information/")
    assert "Version 1, in effect since" in information


def test_the_general_terms_cannot_carry_a_script(client: Client, now: datetime) -> None:
    assert "<script" not in terms.to_html("# T\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1))")
    assert "javascript:" not in terms.to_html("[x](javascript:alert(1))").replace("[x](javascript:alert(1))", "")


@pytest.mark.parametrize(
    ("agent", "name", "support"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
         "Chrome", Support.SUPPORTED),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36 Edg/141.0",
         "Edge", Support.SUPPORTED),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox", Support.SUPPORTED),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 "
         "Safari/605.1.15", "Safari", Support.SUPPORTED),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_6) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 "
         "Mobile/15E148 Safari/604.1", "Safari", Support.SUPPORTED),
        ("Mozilla/5.0 (X11) AppleWebKit/537.36 Chrome/100.0.0.0 Safari/537.36", "Chrome", Support.REDUCED),
        ("Mozilla/5.0 (X11) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 OPR/110.0", "Opera", Support.REDUCED),
        ("Mozilla/5.0 (X11) Gecko/20100101 Firefox/60.0", "Firefox", Support.NOT_SUPPORTED),
        ("Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko", "Internet Explorer",
         Support.NOT_SUPPORTED),
        ("curl/8.0", "", Support.UNKNOWN),
        ("", "", Support.UNKNOWN),
    ],
)  # fmt: skip
def test_it_tells_a_visitor_about_the_browser_in_use(agent: str, name: str, support: Support) -> None:  # A5
    found = recognise(agent)
    assert (found.name, found.support) == (name, support)


def test_the_page_on_browsers_differs_by_browser(client: Client) -> None:  # A5
    response = client.get("/en/browsers/", headers={"user-agent": "Mozilla/5.0 Gecko Firefox/140.0"})
    assert "You are using Firefox 140" in response.content.decode()
    assert "User-Agent" in response["Vary"]


def test_the_cookie_page_names_the_cookies_as_they_are_set(client: Client) -> None:  # decision 22, P32
    page = read(client, "/en/cookies/")
    assert all(f">{name}<" in page for name in ("session", "csrf", "language", "messages", "last_person", "drafts"))
    assert set(client.cookies) <= {"session", "csrf", "language", "messages"}


def test_public_pages_set_no_cookie_but_the_language(client: Client) -> None:  # decision 22
    client.get("/en/")
    assert set(client.cookies) == {"language"}


def test_the_accessibility_statement_claims_partial_compliance_only(client: Client) -> None:  # P35
    page = read(client, "/en/accessibility/")
    assert "partially compliant" in page
    assert "?topic=accessibility" in page


def test_every_public_page_is_on_the_site_map(client: Client) -> None:  # P36, X19
    page = read(client, "/en/site-map/")
    for path in [*PAGES, "get-an-access/", "get-an-access/unknown-code/", "help/contact/", "sign-in/"]:
        assert f'href="/en/{path.partition("?")[0]}' in page, path


def test_the_guide_has_five_parts(client: Client) -> None:  # A4
    page = read(client, "/en/information/guide/")
    parts = ["guide-present", "guide-access", "guide-sign-in", "guide-password", "guide-question"]
    assert re.findall(r'<h2 id="(guide-[^"]+)"', page) == parts


@pytest.mark.parametrize("name", ["legal-notice", "personal-data", "information/about"])
def test_a_brand_may_have_these_pages_on_its_own_site(
    client: Client, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:  # P33, P34
    other = brand.load(ROOT / "brands" / "brassac")
    monkeypatch.setattr(brand, "current", lambda: other)
    page = read(client, f"/fr/{name}/")
    assert "https://www.ateliers-brassac.example/" in page.partition("<h1")[2]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("path", ["", "help/?q=", "help/glossary/?q=", "help/?topic=", "browsers/?", "site-map/?x="])
def test_hostile_addresses_never_break_a_public_page(client: Client, path: str, text: str) -> None:
    response = client.get(f"/en/{path}{text}" if path else f"/en/?x={text}")
    assert response.status_code in {200, 400}
    assert "<script>" not in response.content.decode()


def test_robots_and_people_who_report_faults_find_their_files(client: Client) -> None:  # security.md
    robots = client.get("/robots.txt").content.decode()
    assert "Disallow: /fr/desk/" in robots
    security = client.get("/.well-known/security.txt").content.decode()
    assert "Contact: mailto:security@norvane.example" in security
    assert re.search(r"^Expires: \d{4}-\d\d-\d\dT00:00:00Z$", security, re.MULTILINE)


def test_the_bare_address_leads_to_the_visitors_language(client: Client) -> None:  # A3
    assert client.get("/", headers={"accept-language": "fr-FR,fr;q=0.9"})["Location"] == "/fr/"
    client.cookies["language"] = "en"
    assert client.get("/", headers={"accept-language": "fr"})["Location"] == "/en/"
