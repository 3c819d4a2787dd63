"""Two companies with their people, one of whom both count on, and the Assistance: who acts on whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from django.contrib.auth.hashers import make_password
from django.test import Client

from passerelle.accounts import actions as accounts
from passerelle.accounts.enums import PersonKind
from passerelle.accounts.models import Person
from passerelle.core.actor import SYSTEM, Actor, ActorKind
from passerelle.core.powers import Role
from passerelle.memberships import actions as memberships
from passerelle.memberships.models import Membership
from passerelle.suppliers.models import Company
from passerelle.terms.models import Version
from tests import cast

PASSWORD = "seven brown kettles sing"


@cache
def _hash(password: str) -> str:
    return make_password(password)


@dataclass
class Teams:
    """`ours` has the PLSAs paula and peter, the users uma and sam; `theirs` has the PLSA bella, the users bob and sam.

    ida of ours never chose a password. olga is the Assistance, ada an administrator, edda an editor.
    """

    now: datetime
    ours: Company = field(init=False)
    theirs: Company = field(init=False)
    people: dict[str, Person] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not Version.objects.exists():
            cast.publish_terms(self.now)
        self.ours = self._company("AB12CD", "Fournier Précision")
        self.theirs = self._company("ZZ98YX", "Moulin d'Arve")
        for name, company, plsa in (
            ("paula", self.ours, True), ("peter", self.ours, True), ("uma", self.ours, False),
            ("sam", self.ours, False), ("sam", self.theirs, False), ("bella", self.theirs, True),
            ("bob", self.theirs, False),
        ):  # fmt: skip
            self.add(name, company, plsa=plsa)
        self.add("ida", self.ours, plsa=False, password="")
        for name, role in (
            ("olga", Role.ASSISTANCE), ("ada", Role.ADMINISTRATOR), ("edda", Role.EDITOR), ("basil", Role.PURCHASING)
        ):  # fmt: skip
            person = self._person(name, "group.example", kind=PersonKind.STAFF)
            accounts.set_roles(person_id=person.pk, roles=frozenset({role}), actor=SYSTEM, now=self.now)

    def _company(self, cofor: str, name: str) -> Company:
        made = cast.company(self.now, cofor=cofor, name=name)
        memberships.open_company(company_id=made.pk, company_key=made.key, actor=SYSTEM, now=self.now)
        return made

    def _person(
        self, name: str, domain: str, *, kind: PersonKind = PersonKind.SUPPLIER, password: str = PASSWORD
    ) -> Person:
        if name not in self.people:
            made = accounts.create_login(
                first_name=name.capitalize(), last_name=f"Of{name}", email=f"{name}@{domain}", language="en", kind=kind,
                actor=SYSTEM, now=self.now,
            )  # fmt: skip
            if password:
                # As `set_password` leaves it, without a slow hash for each of ten people.
                made.password, made.activated_at, made.password_changed_at = _hash(password), self.now, self.now
                made.save()
            self.people[name] = made
        return self.people[name]

    def add(self, name: str, company: Company, *, plsa: bool, password: str = PASSWORD) -> Person:
        person = self._person(name, f"{company.cofor}.example".lower(), password=password)
        membership = memberships.join(
            person_id=person.pk, person_key=person.key, company_id=company.pk, company_key=company.key, actor=SYSTEM,
            now=self.now,
        )  # fmt: skip
        if plsa:
            memberships.appoint(
                membership=membership, person_key=person.key, company_key=company.key, proposed=False, actor=SYSTEM,
                now=self.now,
            )  # fmt: skip
        return person

    def key(self, name: str) -> str:
        return self.people[name].key

    def fresh(self, name: str) -> Person:
        return Person.objects.get(pk=self.people[name].pk)

    def membership(self, name: str, company: Company) -> Membership:
        return Membership.objects.get(person=self.people[name], company=company)

    def actor(self, name: str) -> Actor:
        person = self.people[name]
        kind = ActorKind.STAFF if person.is_staff else ActorKind.PERSON
        return Actor(kind, key=person.key, name=person.get_full_name(), address="192.0.2.9", roles=person.role_names)

    def browser(self, name: str, now: datetime, *, company: Company | None = None, proved: bool = True) -> Client:
        """A browser in which the person is signed in and proved themselves a moment ago."""
        person, client = self.fresh(name), Client()
        client.force_login(person, backend="passerelle.accounts.backend.LoginBackend")
        session, moment = client.session, now.isoformat()
        session.update({"epoch": person.credential_epoch, "created_at": moment, "last_seen_at": moment})
        if proved:
            session["proved_at"] = moment
        if company is not None:
            session["company_key"] = company.key
        session.save()
        return client
