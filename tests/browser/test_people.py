"""The pages of people in the browser: every one held against WCAG, in both languages (D3, D10, I5)."""

from __future__ import annotations

from datetime import datetime

import pytest

from passerelle.accounts.enums import LoginState
from passerelle.core.actor import visitor
from passerelle.entry.actions.diagnosis import note_failure
from passerelle.mail.models import Link
from tests.browser import chromium
from tests.browser.conftest import Opens
from tests.browser.window import Window
from tests.teams import PASSWORD, Teams

pytestmark = chromium.MARKS
SIGN_IN = {"en": ("B2B login", "Password", "Sign in"), "fr": ("Identifiant B2B", "Mot de passe", "Se connecter")}


@pytest.fixture
def teams(site: str, now: datetime) -> Teams:
    return Teams(now)


def signed_in(opens: Opens, teams: Teams, name: str, language: str = "en", **options: object) -> Window:
    window = opens(language, examined=True, **options)
    login, password, button = SIGN_IN[language]
    window.goes("sign-in/")
    window.fill(login, teams.people[name].login)
    window.fill(password, PASSWORD)
    assert window.press(button) == 200
    return window


def test_a_plsa_suspends_lifts_and_sends_a_link_with_a_fresh_proof(opens: Opens, teams: Teams) -> None:
    paula = signed_in(opens, teams, "paula")
    paula.leads(paula.page.get_by_role("link", name="Users", exact=True).click)
    paula.look()
    assert paula.heading == "Users"
    paula.follow("Uma Ofuma")
    assert "Nothing stands in the way" in paula.text
    paula.follow("Suspend")  # the password was given a moment ago
    assert paula.press("Suspend") == 422
    paula.fill("Reason", "Three months away.")
    assert paula.press("Suspend") == 200
    assert "Three months away." in paula.text
    assert teams.fresh("uma").state == LoginState.SUSPENDED
    paula.follow("Make active again")
    assert paula.press("Make active again") == 200
    paula.follow("Send a password link")
    assert paula.press("Send a password link") == 200
    assert Link.objects.get(purpose="recovery").subject_key == teams.key("uma")
    assert paula.goes(f"team/{teams.key('bob')}/") == 404


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_desk_finds_a_person_and_reads_a_number(opens: Opens, teams: Teams, language: str) -> None:
    uma = teams.people["uma"]
    noted = note_failure(
        door="sign_in", typed=uma.login, person=uma, reason="wrong_password", actor=visitor("192.0.2.1"), now=teams.now
    )
    olga = signed_in(opens, teams, "olga", language, width=390)
    olga.goes("desk/people/?q=Ofuma")
    assert uma.login in olga.text
    olga.leads(olga.page.get_by_role("link", name="Uma Ofuma").click)
    olga.look()
    assert uma.login in olga.heading + olga.text
    olga.goes(f"desk/people/{uma.key}/block/")
    olga.goes("desk/people/diagnosis/")
    olga.page.get_by_role("main").get_by_role("textbox").fill(noted.number)
    olga.leads(olga.page.get_by_role("main").get_by_role("button").click)
    olga.look()
    assert uma.login in olga.text


def test_a_user_reads_who_the_plsas_are(opens: Opens, teams: Teams) -> None:
    uma = signed_in(opens, teams, "uma", "fr")
    assert uma.goes("team/") == 403
    assert "Paula Ofpaula" in uma.text
