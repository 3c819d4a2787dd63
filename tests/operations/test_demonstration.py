"""The demonstration: every outcome has its company, and the printed table is the one of the documents."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command

from passerelle.accounts.rules import well_formed_login
from passerelle.core import clock
from passerelle.opening.enums import Reason
from passerelle.opening.queries import analyse
from passerelle.operations.demonstration import ACCOUNTS, CASES, STAFF, Seed, table

ROOT = Path(__file__).resolve().parents[2]


def test_the_documents_hold_the_printed_table() -> None:
    assert "\n".join(table()) in (ROOT / "docs" / "demo.md").read_text("utf-8")


def test_every_account_has_a_login_as_the_portal_gives_them() -> None:
    # D1
    logins = [account.login for account in ACCOUNTS] + [row[0] for row in STAFF]
    assert all(well_formed_login(login) for login in logins)
    assert len(set(logins)) == len(logins)


def test_there_is_a_case_for_every_reason_of_the_contract() -> None:
    # C1
    assert {case.reason for case in CASES} | {"cofor_unknown"} == {reason.value for reason in Reason}


@pytest.mark.django_db
def test_each_case_answers_what_the_table_says() -> None:
    # C1, C2, contract "Demonstration data"
    call_command("publish_terms", verbosity=0)
    now = clock.now()
    Seed(now).play()
    assert {case.cofor: analyse(case.cofor, now=now).verdict.reason for case in CASES} == {
        case.cofor: case.reason for case in CASES
    }
