"""The whole road, from a supplier code to a first sign-in and out again (C1–C10, D1–D4, I1, I8)."""

from __future__ import annotations

import hashlib
import io
import json

import pikepdf
import pytest

from passerelle.opening.models import Record
from passerelle.suppliers.models import Company
from tests import cast
from tests.browser import chromium, post
from tests.browser.conftest import Opens
from tests.browser.window import Window

pytestmark = chromium.MARKS
PASSWORD = "seven brown kettles sing"


def to_the_result(window: Window, company: Company) -> None:
    window.goes("get-an-access/")
    assert window.page.locator("[data-check]").count() == 6
    window.fill("COFOR", company.cofor.lower())
    assert window.press(window.words.start) == 200


def to_the_request(window: Window, company: Company) -> None:
    to_the_result(window, company)
    window.name_people(cast.REQUESTER, cast.REPRESENTATIVE, cast.PLSA)
    assert window.press(window.words.send) == 200
    assert window.heading == window.words.received


def to_the_acceptance(window: Window, company: Company) -> None:
    window.go(post.link(window, cast.REPRESENTATIVE.email, "/terms/"))
    assert window.heading == window.words.terms
    window.fill("COFOR", company.cofor)
    window.box(window.words.accept).check()
    assert window.press(window.words.accept_button) == 200
    assert window.heading == window.words.done


def download(window: Window, name: str) -> bytes:
    with window.page.expect_download() as download:
        window.page.get_by_role("link", name=name).click()
    return download.value.path().read_bytes()


def check_the_record(window: Window, company: Company) -> None:
    """The record is a tagged PDF of the reader's language, and JSON whose digest the portal keeps (I8)."""
    with pikepdf.open(io.BytesIO(download(window, window.words.pdf))) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang)[:2] == window.words.language
        assert "/StructTreeRoot" in pdf.Root
    content = download(window, window.words.json)
    kept = Record.objects.get(opening__company=company)
    assert hashlib.sha256(content).hexdigest() == kept.json_sha256
    assert json.loads(content)["company"]["cofor"] == company.cofor


def to_the_private_home(window: Window) -> None:
    words = window.words
    window.go(post.link(window, cast.PLSA.email, "/password/"))
    window.fill(words.new_password, PASSWORD)
    assert window.press(words.save_password) == 200
    window.goes("sign-in/")
    window.fill(words.login, post.login(window, cast.PLSA.email).lower())
    window.fill(words.password, PASSWORD)
    assert window.press(words.sign_in) == 200
    assert window.page.url == f"{window.site}/{words.language}/home/"


def sign_out(window: Window) -> None:
    button = window.page.get_by_role("button", name=window.words.sign_out, exact=True)
    assert window.leads(button.click) == 200
    window.look()
    assert window.heading == window.words.signed_out
    window.goes("home/")
    assert "/sign-in/" in window.page.url


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
@pytest.mark.parametrize(
    ("language", "width", "dark"),
    [("en", 1360, False), ("fr", 390, True), ("en", 390, False), ("fr", 1360, False)],
    ids=["en-1360", "fr-390-dark", "en-390", "fr-1360"],
)
def test_the_road_leads_from_a_code_to_the_private_home(
    opens: Opens, company: Company, language: str, width: int, dark: bool, script: bool
) -> None:
    examined = script and (language, width) in {("en", 1360), ("fr", 390)}
    window = opens(language, width=width, dark=dark, script=script, examined=examined)
    to_the_request(window, company)
    to_the_acceptance(window, company)
    check_the_record(window, company)
    to_the_private_home(window)
    assert company.name in window.text
    sign_out(window)
