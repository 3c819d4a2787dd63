"""The road without a mouse."""

from __future__ import annotations

import pytest

from passerelle.suppliers.models import Company
from tests import cast
from tests.browser import chromium, post
from tests.browser.conftest import Opens
from tests.browser.keyboard import press, tab_to, type_into
from tests.browser.test_road import PASSWORD

pytestmark = chromium.MARKS


@pytest.mark.parametrize(("language", "width"), [("en", 1360), ("fr", 390)])
def test_the_road_is_walked_with_the_keyboard_alone(opens: Opens, company: Company, language: str, width: int) -> None:
    window = opens(language, width=width)
    words, keyboard = window.words, window.page.keyboard

    window.goes("get-an-access/")
    tab_to(window, window.page.locator(".skip"))
    keyboard.press("Enter")
    type_into(window, "COFOR", company.cofor)
    assert press(window, window.button(words.start)) == 200

    for place, person in enumerate((cast.REQUESTER, cast.REPRESENTATIVE, cast.PLSA)):
        values = (person.last_name, person.first_name, person.email)
        for label, value in zip(words.person, values, strict=True):
            type_into(window, label, value, place)
    assert press(window, window.button(words.send), "Space") == 200
    assert window.heading == words.received

    window.go(post.link(window, cast.REPRESENTATIVE.email, "/terms/"))
    type_into(window, "COFOR", company.cofor)
    tab_to(window, window.box(words.accept))
    keyboard.press("Space")
    assert press(window, window.button(words.accept_button)) == 200
    assert window.heading == words.done
    tab_to(window, window.page.get_by_role("link", name=words.pdf))
    with window.page.expect_download():
        keyboard.press("Enter")

    window.go(post.link(window, cast.PLSA.email, "/password/"))
    type_into(window, words.new_password, PASSWORD)
    assert press(window, window.button(words.save_password)) == 200

    window.goes("sign-in/")
    type_into(window, words.login, post.login(window, cast.PLSA.email))
    type_into(window, words.password, PASSWORD)
    keyboard.press("Enter")
    window.page.wait_for_url("**/home/")
    assert press(window, window.page.get_by_role("button", name=words.sign_out, exact=True)) == 200
    assert window.heading == words.signed_out


def test_a_form_with_errors_is_mended_with_the_keyboard(opens: Opens, company: Company) -> None:
    window = opens()
    window.goes(f"get-an-access/?cofor={company.cofor}")
    assert press(window, window.button("Send")) == 422
    window.page.wait_for_function("() => document.activeElement.classList.contains('errors')")
    first = window.page.locator(".errors a").first
    tab_to(window, first)
    window.page.keyboard.press("Enter")
    window.page.keyboard.type("Requester")
    assert window.box("Last name").input_value() == "Requester"
