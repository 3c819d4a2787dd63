"""A passkey in a real browser, which holds a virtual key: made, used to sign in, used to confirm; then codes (D11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pyotp
import pytest

from passerelle.accounts import actions as accounts
from passerelle.accounts.enums import PersonKind
from passerelle.accounts.models import Person, SecondFactor, Session
from passerelle.core.actor import SYSTEM
from passerelle.core.powers import Role
from tests.browser import chromium
from tests.browser.conftest import Opens
from tests.browser.window import Window

pytestmark = chromium.MARKS

PASSWORD = "seven brown kettles sing"


@dataclass
class Key:
    """A virtual authenticator of the browser: it answers by itself, as somebody who touches the key."""

    window: Window

    def __post_init__(self) -> None:
        self.devtools = self.window.page.context.new_cdp_session(self.window.page)
        self.devtools.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
            "isUserVerified": True, "automaticPresenceSimulation": True,
        }  # fmt: skip
        added = self.devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        self.name = added["authenticatorId"]

    def refuses(self) -> None:
        self.devtools.send("WebAuthn.setUserVerified", {"authenticatorId": self.name, "isUserVerified": False})
        self.devtools.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": self.name})


@pytest.fixture(params=["en", "fr"])
def window(request: pytest.FixtureRequest, opens: Opens) -> Window:
    small = request.param == "fr"
    return opens(request.param, width=390 if small else 1360, dark=small, examined=True)


@pytest.fixture
def officer(site: str, now: datetime) -> Person:
    made = accounts.create_login(
        first_name="Olga", last_name="Officer", email="olga@group.example", language="en", kind=PersonKind.STAFF,
        actor=SYSTEM, now=now,
    )  # fmt: skip
    accounts.set_roles(person_id=made.pk, roles=frozenset({Role.ASSISTANCE}), actor=SYSTEM, now=now)
    return accounts.set_password(person_id=made.pk, password=PASSWORD, actor=SYSTEM, now=now)


def sign_in(window: Window, person: Person) -> None:
    window.goes("sign-in/")
    window.page.locator("[name=login]").fill(person.login)
    window.page.locator("[name=password]").fill(PASSWORD)
    window.leads(lambda: window.page.locator("#sign-in button[type=submit]").click())
    window.look()


def sign_out(window: Window) -> None:
    window.page.context.clear_cookies()
    Session.objects.all().delete()


def press_passkey(window: Window) -> None:
    window.leads(lambda: window.page.locator("form[data-passkey] button").click())
    window.look()


def path(window: Window) -> str:
    return window.page.url.removeprefix(window.site).removeprefix(f"/{window.words.language}")


def test_a_passkey_is_made_and_then_signs_in_and_confirms(window: Window, officer: Person) -> None:
    Key(window)
    sign_in(window, officer)
    window.goes("account/second-factor/")
    window.goes("account/second-factor/passkey/")
    window.page.locator("[name=name]").fill("Laptop")
    press_passkey(window)
    assert path(window) == "/account/second-factor/recovery-codes/"
    assert window.page.locator("main li .code").count() == 10
    with window.page.expect_download() as download:
        window.page.locator("main a[href$='/file/']").click()
    assert download.value.suggested_filename == f"recovery-codes-{officer.login}.txt"
    window.leads(lambda: window.page.locator("main form button").last.click())
    window.look()
    assert path(window) == "/account/second-factor/"
    assert "Laptop" in window.text

    sign_out(window)
    sign_in(window, officer)
    assert path(window) == "/sign-in/second-factor/"
    press_passkey(window)
    assert path(window) == "/desk/"
    factor = SecondFactor.objects.get()
    assert factor.sign_count > 0
    assert Session.objects.get().get_decoded()["factor"] == "passkey"

    row = Session.objects.get()
    store = row.get_session_store_class()(row.session_key)
    store["proved_at"] = "2020-01-01T00:00:00+00:00"
    store.save()
    window.goes(f"account/second-factor/{factor.key}/remove/")
    assert path(window).startswith("/account/confirm/")
    press_passkey(window)
    assert path(window) == f"/account/second-factor/{factor.key}/remove/"


def test_a_browser_without_the_passkey_says_so_and_a_recovery_code_enters(window: Window, officer: Person) -> None:
    key = Key(window)
    sign_in(window, officer)
    window.goes("account/second-factor/passkey/")
    press_passkey(window)
    code = window.page.locator("main li .code").first.inner_text()
    sign_out(window)
    key.refuses()
    other = Key(window)
    sign_in(window, officer)
    window.page.locator("form[data-passkey] button").click()
    window.page.locator("[data-fault=refused]").wait_for(state="visible")
    window.look()
    assert other.name != key.name
    window.page.locator("main summary").first.click()
    window.look()
    window.page.locator("[name=recovery]").fill(code.lower().replace("-", " "))
    window.leads(lambda: window.page.locator("#recovery button").click())
    assert path(window) == "/desk/"


def test_an_authenticator_is_set_up_and_its_code_pasted(window: Window, officer: Person) -> None:
    sign_in(window, officer)
    window.goes("account/second-factor/authenticator/")
    picture = window.page.locator("main svg[role=img]").bounding_box()
    assert picture is not None
    assert picture["width"] >= 180
    secret = window.page.locator("main li strong").inner_text().replace(" ", "")
    app = pyotp.TOTP(secret)
    window.page.locator("[name=code]").fill("000000")
    window.leads(lambda: window.page.locator("main form button[type=submit]").last.click())
    window.look()
    assert window.page.locator(".errors a").count() == 1
    window.page.locator("[name=code]").fill(app.now())
    window.leads(lambda: window.page.locator("main form button[type=submit]").last.click())
    assert path(window) == "/account/second-factor/recovery-codes/"
    sign_out(window)
    SecondFactor.objects.update(last_step=0)  # as if half a minute had passed
    sign_in(window, officer)
    code = app.now()
    window.page.locator("[name=code]").fill(f"{code[:3]} {code[3:]}")
    window.leads(lambda: window.page.locator("#code button").click())
    assert path(window) == "/desk/"


def test_without_a_script_the_page_says_that_passkeys_need_one_and_codes_work(opens: Opens, officer: Person) -> None:
    # decision 25
    with_script = opens("en")
    Key(with_script)
    sign_in(with_script, officer)
    with_script.goes("account/second-factor/passkey/")
    press_passkey(with_script)
    code = with_script.page.locator("main li .code").nth(1).inner_text()
    window = opens("en", script=False)
    sign_in(window, officer)
    assert "Passkeys need JavaScript" in window.text
    window.leads(lambda: window.page.locator("form[data-passkey] button").click())
    assert "No passkey was sent" in window.text
    window.page.locator("main summary").first.click()
    window.page.locator("[name=recovery]").fill(code)
    window.leads(lambda: window.page.locator("#recovery button").click())
    assert path(window) == "/desk/"
