"""What is known of a request before anything else: its number, where it comes from, who acts."""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import ip_network
from urllib.parse import SplitResult, urlsplit
from uuid import uuid4

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from passerelle.core.actor import Actor, ActorKind, network_of, read_address, visitor

_NUMBER = re.compile(r"[A-Za-z0-9-]{8,64}")


class RequestContext:
    """Gives every request a number, writes it into each log line and into the answer's X-Request-ID.

    A number that a trusted proxy sent is kept, so that one search finds both its log and ours.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sent = request.headers.get("X-Request-ID", "")
        trusted = is_trusted(request.META.get("REMOTE_ADDR", ""))
        number = sent if trusted and _NUMBER.fullmatch(sent) else uuid4().hex[:16]
        request.number = number  # type: ignore[attr-defined]
        with structlog.contextvars.bound_contextvars(request=number):
            response = self.get_response(request)
        response["X-Request-ID"] = number
        return response


def is_trusted(address: str) -> bool:
    """Whether the address is one of our own proxies."""
    found = read_address(address)
    proxies = settings.PASSERELLE_TRUSTED_PROXIES
    return found is not None and any(found in ip_network(proxy, strict=False) for proxy in proxies)


def client_address(request: HttpRequest) -> str:
    """The network address of the visitor.

    X-Forwarded-For counts only as far as trusted proxies wrote it: read from the right, the first address that is
    not a proxy of ours is the visitor. Anything else in the header is the visitor's own invention.
    """
    address = str(request.META.get("REMOTE_ADDR", ""))
    hops = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    while hops and is_trusted(address):
        address = hops.pop()
    return str(read_address(address) or "")


def client_network(request: HttpRequest) -> str:
    """What the tries of a visitor are counted under, wherever a limit is one of addresses."""
    return network_of(client_address(request))


def host_of(address: str) -> str | None:
    """The host that an address names, with its port; empty where it names none, None where nobody can read it."""
    try:
        return urlsplit(address).netloc
    except ValueError:
        return None


def page_before(request: HttpRequest) -> SplitResult | None:
    """The page of ours that a browser says it comes from; None where it says nothing, or names another site."""
    referer = request.headers.get("Referer", "")
    return urlsplit(referer) if host_of(referer) == request.get_host() else None


def actor(request: HttpRequest) -> Actor:
    """Who acts through this request: the signed-in person with their roles, else a visitor. Asked once a request."""
    known: Actor | None = getattr(request, "_actor", None)
    if known is None:
        person = getattr(request, "user", None)
        address = client_address(request)
        if person is None or not person.is_authenticated:
            known = visitor(address)
        else:
            kind = ActorKind.STAFF if person.is_staff else ActorKind.PERSON
            known = Actor(
                kind, key=person.key, name=person.get_full_name(), address=address, roles=frozenset(person.role_names)
            )
        request._actor = known  # type: ignore[attr-defined]
    return known
