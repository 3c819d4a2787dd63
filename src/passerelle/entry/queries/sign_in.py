"""What a try to sign in reads. Each question costs the same for a login that exists and for one that does not."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef

from passerelle.accounts.models import Person, SecondFactor
from passerelle.memberships.models import Membership
from passerelle.memberships.queries import of_person


def person_at_the_door(login_key: str) -> Person | None:
    """The person of a login, with `has_factor`, whatever the state of the login is."""
    factors = SecondFactor.objects.filter(person=OuterRef("pk"))
    return Person.objects.annotate(has_factor=Exists(factors)).filter(login_key=login_key).first()


def memberships_at_the_door(person: Person | None, now: datetime) -> list[Membership]:
    """The living memberships of a person; for nobody the same question is asked and finds nothing."""
    return of_person(person or Person(pk=0), now)
