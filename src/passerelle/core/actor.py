"""Who acts. Every action takes an Actor; the audit trail copies it as text, so a line outlives the person it names."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network


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

    @property
    def network(self) -> str:
        """What limits count by: see `network_of`."""
        return network_of(self.address)

    def at(self, address: str) -> Actor:
        """The same actor, seen from a network address."""
        return replace(self, address=address)


SYSTEM = Actor(ActorKind.SYSTEM, name="system")


def visitor(address: str = "", name: str = "") -> Actor:
    return Actor(ActorKind.VISITOR, name=name, address=address)


def read_address(text: str) -> IPv4Address | IPv6Address | None:
    """A network address; None where there is none. One of the older kind in the clothes of the newer (::ffff:192.0.2.1)
    is the older one, and the name of a network card behind it is nobody's address."""
    try:
        found = ip_address(text)
    except ValueError:
        return None
    if isinstance(found, IPv4Address):
        return found
    return found.ipv4_mapped or IPv6Address(int(found))


def network_of(address: str) -> str:
    """What an address is counted under: itself, or its /64 of the newer kind, which one household or office has whole.

    Every address in it would have tries of its own otherwise. Text that is no address stands for itself.
    """
    found = read_address(address)
    if isinstance(found, IPv6Address):
        return str(ip_network((found, 64), strict=False))
    return str(found) if found else address
