"""What the scenes of a race share: a company of their own, two officers, one instant."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import UTC, datetime

from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.core import clock
from passerelle.core.actor import Actor, ActorKind
from passerelle.mail.models import Link, Message
from passerelle.memberships.models import Access, Membership
from passerelle.memberships.queries import plsas_of
from passerelle.opening import actions
from passerelle.opening.actions import PartyData
from passerelle.opening.enums import OpeningState
from passerelle.opening.models import Opening, Record
from passerelle.terms.models import Acceptance, Version
from tests import cast

NOW = datetime.now(tz=UTC).replace(microsecond=0)
PASSWORD = "seven brown kettles sing"
OLGA = Actor(ActorKind.STAFF, key="olga", name="Olga Officer", roles=frozenset({"assistance"}))
OMAR = Actor(ActorKind.STAFF, key="omar", name="Omar Officer", roles=frozenset({"assistance"}))
numbers = itertools.count(1)
S = OpeningState


class Scene:
    """A new company with its domain on record, and people of its own."""

    def __init__(self) -> None:
        self.number = next(numbers)
        self.domain = f"c{self.number}.example"
        if not Version.objects.exists():
            cast.publish_terms(NOW)
        self.company = cast.company(NOW, cofor=f"R{self.number:05d}", name=f"Company {self.number}")
        cast.on_record(self.company, f"direction@{self.domain}", domains=(self.domain,))

    def person(self, name: str, *, on_record: bool = True) -> PartyData:
        domain = self.domain if on_record else "elsewhere.example"
        return PartyData(name.title(), "Racer", f"{name}.{self.number}@{domain}")

    def ask(self, requester: str = "rita", *, on_record: bool = True, plsa: PartyData | None = None) -> Opening:
        return cast.ask(
            self.company, NOW, requester=self.person(requester),
            representative=self.person("leon", on_record=on_record), plsa=plsa or self.person("paula"),
        )  # fmt: skip

    def accept(self, link: Link, plsa: PartyData | None = None) -> Opening:
        return actions.accept_terms(
            link_key=link.key, cofor=self.company.cofor, text_id=cast.text().pk, corrected_plsa=plsa, language="en",
            actor=cast.VISITOR, now=NOW,
        )  # fmt: skip

    def mails(self) -> Counter[str]:
        return Counter(Message.objects.filter(company_key=self.company.key).values_list("kind", flat=True))

    def lines(self, tag: Tag) -> int:
        return Event.objects.filter(tag=tag, company_key=self.company.key).count()

    def opened_once(self) -> None:
        """However many raced: one access, one login with one mandate, one acceptance, one mail of each kind."""
        assert Access.objects.filter(company=self.company).count() == 1
        assert Acceptance.objects.filter(company=self.company).count() == 1
        assert len(plsas_of(self.company, clock.now())) == 1
        assert Membership.objects.filter(company=self.company).count() == 1
        assert Opening.objects.filter(company=self.company, state=S.OPEN).count() == 1
        assert Record.objects.filter(opening__company=self.company).count() == 1
        assert self.mails()["opening/opened_plsa"] == self.mails()["opening/opened_representative"] == 1
        assert self.lines(Tag.ACCESS_OPENED) == self.lines(Tag.OPENING_COMPLETED) == 1


def other(scene: Scene, key: str) -> Opening:
    return Opening.objects.exclude(key=key).get(company=scene.company)
