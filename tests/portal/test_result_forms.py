"""The forms of a result keep the site it was asked for, whatever comes of them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

import passerelle
from passerelle import brand
from passerelle.audit.models import Event
from passerelle.core import clock
from passerelle.mail import links
from passerelle.opening import actions
from passerelle.opening.models import Opening
from tests import cast

pytestmark = pytest.mark.django_db
CODES = {"cofor": "AB12CD", "site": "FR01"}
SOURCE = str(Path(passerelle.__file__).parents[1])
HIDDEN = '<input type="hidden" name="site" value="FR01">'


@pytest.fixture
def opening() -> Opening:
    now = clock.now()
    cast.publish_terms(now)
    company = cast.company(now)
    cast.on_record(company, "contact@fournier.example", domains=("fournier.example",))
    return cast.ask(company, now)


@pytest.fixture
def opened(opening: Opening) -> Opening:
    return actions.accept_terms(
        link_key=cast.link(opening).key, cofor="AB12CD", text_id=cast.text().pk, corrected_plsa=None, language="en",
        actor=cast.VISITOR, now=clock.now(),
    )  # fmt: skip


def message(**more: str) -> dict[str, str]:
    return CODES | {
        "last_name": "Moreau", "first_name": "Max", "email": "max@x.example", "comments": "A login.", **more,
    }  # fmt: skip


@pytest.mark.parametrize(("typed", "status"), [({"comments": ""}, 422), ({"_switch": "fr"}, 200)])
def test_a_message_to_the_plsa_shown_again_keeps_the_site(
    client: Client, opened: Opening, typed: dict[str, str], status: int
) -> None:
    # C3
    answer = client.post("/en/get-an-access/message/", message(**typed))
    assert answer.status_code == status
    assert HIDDEN in answer.content.decode()


def test_a_message_that_left_leads_back_to_the_result_of_the_site(client: Client, opened: Opening) -> None:
    answer = client.post("/en/get-an-access/message/", message())
    assert answer["Location"] == "/en/get-an-access/?cofor=AB12CD&site=FR01"


@pytest.mark.parametrize("act", ["send-again", "administrator", "activation"])
def test_an_act_of_the_result_leads_back_to_the_result_of_the_site(client: Client, opening: Opening, act: str) -> None:
    for _ in range(5):  # the last ones meet the limit of a day
        answer = client.post(f"/en/get-an-access/{act}/", CODES)
        assert answer["Location"] == "/en/get-an-access/?cofor=AB12CD&site=FR01"
    assert links.token(cast.link(opening))


def test_a_site_that_no_form_of_ours_carries_is_not_found(client: Client, opened: Opening) -> None:
    assert client.post("/en/get-an-access/message/", message(site="<b>")).status_code == 404


def test_the_number_printed_is_the_number_in_force(client: Client, opening: Opening) -> None:
    # C6
    printed = brand.current().policies.resends_a_day
    assert f"At most {printed} times a day." in client.get("/en/get-an-access/?cofor=AB12CD").content.decode()
    for _ in range(printed + 2):
        client.post("/en/get-an-access/send-again/", {"cofor": "AB12CD"})
    assert Event.objects.filter(tag="opening:terms:sent").count() == printed + 1


def test_a_brand_decides_how_often_a_mail_is_sent_again() -> None:
    """The settings of another process: the policy of the second brand, and that of the environment."""
    ask = "from django.conf import settings; print(settings.PASSERELLE_LIMITS['resend'])"
    for environ, said in (({"PASSERELLE_BRAND": "brassac"}, "2/d"), ({"PASSERELLE_RESENDS_A_DAY": "7"}, "7/d")):
        variables = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "passerelle.config.settings",
            "PYTHONPATH": SOURCE,
            **environ,
        }
        found = subprocess.run([sys.executable, "-c", ask], env=variables, capture_output=True, text=True, check=True)
        assert found.stdout.strip() == said
