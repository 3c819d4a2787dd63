"""What never stands in a log."""

from __future__ import annotations

import logging

import pytest
from django.test import Client

from passerelle.config.logs import hide_tokens
from passerelle.mail import links
from passerelle.mail.models import Link
from tests.conftest import NOW


@pytest.mark.django_db
def test_the_token_of_a_link_stays_out_of_the_lines_about_its_page() -> None:
    # security.md, Secrets
    link = Link.objects.create(purpose="recovery", subject_key="nobody", recipient="", created_at=NOW, expires_at=NOW)
    token = links.token(link)
    line = hide_tokens(None, "", {"event": f"Gone: /en/forgotten-password/choose/{token}/", "status": 410})
    assert line == {"event": "Gone: /en/forgotten-password/choose/…/", "status": 410}


@pytest.mark.django_db
def test_what_django_says_of_a_refused_page_goes_through_it(capsys: pytest.CaptureFixture[str]) -> None:
    token = "A" * 22 + "a" * 26
    assert Client().get(f"/en/forgotten-password/choose/{token}/").status_code == 404
    handler = next(h for h in logging.getLogger().handlers if type(h.formatter).__name__ == "ProcessorFormatter")
    record = logging.LogRecord("django.request", logging.WARNING, "", 1, "Not Found: %s", (f"/x/{token}/",), None)
    assert token not in handler.format(record)
    assert "Not Found: /x/…/" in handler.format(record)
    assert token not in capsys.readouterr().err
