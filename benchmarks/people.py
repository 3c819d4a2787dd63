"""A company with many people whose passwords are known, for benchmarks of signing in. Prints their logins; with
`--states` a quarter of them is suspended, blocked and deleted each, and the state stands before the login.

Rows are written directly: the benchmark is of signing in, not of making people.
"""

from __future__ import annotations

import sys

import django

django.setup()

from django.contrib.auth.hashers import make_password  # noqa: E402
from django.db import transaction  # noqa: E402

from passerelle.accounts.actions import change_state  # noqa: E402
from passerelle.accounts.enums import LoginState, StateReason  # noqa: E402
from passerelle.accounts.models import Person  # noqa: E402
from passerelle.accounts.rules import new_login  # noqa: E402
from passerelle.core import clock  # noqa: E402
from passerelle.core.actor import SYSTEM  # noqa: E402
from passerelle.memberships.models import Access, Membership  # noqa: E402
from passerelle.suppliers.models import Company, fold_name  # noqa: E402
from passerelle.terms.models import Acceptance, Audience, Text  # noqa: E402

PASSWORD = "copper lantern harbour 1234"
PREFIX = "bench"


def accept(company: Company) -> None:
    """The company has accepted every version, so that no gate stands before the private home."""
    for text in Text.objects.filter(version__audience=Audience.COMPANY, language="en").order_by("version__number"):
        Acceptance.objects.get_or_create(
            company=company, version=text.version,
            defaults={
                "text": text, "reference": f"{PREFIX}-{text.version.number}", "accepted_at": clock.now(),
                "first_name": "Ben", "last_name": "Ch", "email": f"{PREFIX}@bench.example", "language": "en",
                "text_sha256": text.sha256, "cofor": company.cofor, "company_name": company.name,
            },
        )  # fmt: skip


@transaction.atomic
def make(count: int) -> list[str]:
    found = list(Person.objects.filter(email_key__startswith=PREFIX).values_list("login", flat=True)[:count])
    if len(found) == count:
        return found
    now, encoded = clock.now(), make_password(PASSWORD)
    company, _ = Company.objects.get_or_create(
        cofor="BENCH1",
        defaults={
            "name": "Bench", "name_key": fold_name("Bench"), "country": "FR", "created_at": now, "updated_at": now,
        },
    )  # fmt: skip
    Access.objects.get_or_create(company=company, defaults={"opened_at": now})
    accept(company)
    logins: set[str] = set()
    while len(logins) < count - len(found):
        logins.add(new_login("V"))
    people = Person.objects.bulk_create(
        Person(
            login=login, login_key=login, email=f"{PREFIX}{number}@bench.example", first_name="Ben", last_name="Ch",
            email_key=f"{PREFIX}{number}@bench.example", password=encoded, state_since=now, created_at=now,
            activated_at=now, password_changed_at=now,
        )
        for number, login in enumerate(sorted(logins), len(found))
    )  # fmt: skip
    Membership.objects.bulk_create(Membership(person=person, company=company, started_at=now) for person in people)
    return found + [person.login for person in people]


MOVED = (
    (LoginState.SUSPENDED, StateReason.BY_PLSA),
    (LoginState.BLOCKED, StateReason.FORMER_PASSWORD),
    (LoginState.DELETED, StateReason.LEFT),
)


@transaction.atomic
def move(logins: list[str]) -> None:
    """Suspend, block and delete active ones of them until a quarter stands so each."""
    people = list(Person.objects.filter(login__in=logins).order_by("pk"))
    active = [person for person in people if person.state == LoginState.ACTIVE]
    for state, reason in MOVED:
        missing = len(logins) // 4 - sum(person.state == state for person in people)
        for person in active[: max(0, missing)]:
            change_state(person_id=person.pk, to=state, reason=reason, actor=SYSTEM, now=clock.now())
        active = active[max(0, missing) :]


if __name__ == "__main__":
    made = make(int(sys.argv[1]))
    if "--states" in sys.argv:
        move(made)
        for state, login in Person.objects.filter(login__in=made).values_list("state", "login"):
            print(state, login)
    else:
        print("\n".join(made))
