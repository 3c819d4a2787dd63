"""Whoever runs through codes that nobody holds raises one alarm (decision 10)."""

from __future__ import annotations

import pytest
from django.test import Client

from passerelle.audit.models import Event
from passerelle.audit.tags import Tag


@pytest.mark.django_db
def test_a_run_of_unknown_codes_writes_one_alarm_into_the_trail(client: Client) -> None:
    for number in range(12):
        answer = client.get("/en/get-an-access/", {"cofor": f"QQ{number:04d}"})
        assert answer.status_code == 200
    alarm = Event.objects.get(tag=Tag.UNKNOWN_CODES_RUN)
    assert alarm.address == "127.0.0.1"
    assert alarm.new == {"codes": 11}
