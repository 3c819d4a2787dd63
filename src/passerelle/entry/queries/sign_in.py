"""What a try to sign in reads. Each question costs the same for a login that exists and for one that does not."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from passerelle.accounts.models import Person, SecondFactor
from passerelle.core.prepared import Prepared
from passerelle.memberships.models import Membership
from passerelle.memberships.queries import of_person


def _by_login(login_key: str) -> QuerySet[Person]:
    factors = SecondFactor.objects.filter(person=OuterRef("pk"))
    return Person.objects.annotate(has_factor=Exists(factors)).filter(login_key=login_key)


_persons: Prepared[Person] = Prepared(_by_login, login_key=str)


def person_at_the_door(login_key: str) -> Person | None:
    """The person of a login, with `has_factor`, whatever the state of the login is."""
    return next(iter(_persons(login_key=login_key)), None)


def memberships_at_the_door(person: Person | None, now: datetime) -> list[Membership]:
    """The living memberships of a person; for nobody the same question is asked and finds nothing."""
    return of_person(person or Person(pk=0), now)
