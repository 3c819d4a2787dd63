"""Who acts. Every action takes an Actor; the audit trail copies it as text, so a line outlives the person it names."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum


class ActorKind(StrEnum):
    VISITOR = "visitor"  # somebody on a public page
    LINK = "link"  # the holder of a link that was sent by mail
    PERSON = "person"  # a signed-in person of a company
    STAFF = "staff"  # a signed-in person of the group
    API = "api"  # the holder of an API key
    SYSTEM = "system"  # a worker, a command


@dataclass(frozen=True, slots=True)
class Actor:
    """An immutable description of who acts.

    `key` is the public key of the person, link or API key; empty for visitors and the system.
    `name` is what people read in a trail. `address` is the network address, empty where there is none.
    `roles` are the staff roles the actor holds; what they may do stands in `core.powers`.
    """

    kind: ActorKind
    key: str = ""
    name: str = ""
    address: str = ""
    roles: frozenset[str] = frozenset()

    def at(self, address: str) -> Actor:
        """The same actor, seen from a network address."""
        return replace(self, address=address)


SYSTEM = Actor(ActorKind.SYSTEM, name="system")


def visitor(address: str = "", name: str = "") -> Actor:
    return Actor(ActorKind.VISITOR, name=name, address=address)
