"""One address cannot flood a company with requests: the eleventh in an hour is told when to try again (C5)."""

from __future__ import annotations

import pytest
from django.test import Client

from passerelle.core import clock
from passerelle.opening.models import Opening
from tests import cast


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_eleventh_request_of_an_hour_is_refused_and_ten_presses_are_one_request(
    client: Client, language: str
) -> None:
    now = clock.now()
    cast.company(now)
    typed = {"cofor": "AB12CD"}
    for part in ("requester", "representative", "plsa"):
        typed |= {f"{part}-last_name": "A", f"{part}-first_name": "B", f"{part}-email": f"{part}@x.example"}
    answers = [client.post(f"/{language}/get-an-access/request/", typed).status_code for _ in range(11)]
    assert answers == [302] * 10 + [429]
    assert Opening.objects.count() == 1
