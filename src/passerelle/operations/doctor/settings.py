"""Questions about settings, keys and the brand."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from ipaddress import ip_network
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks

from passerelle import brand
from passerelle.operations.doctor.findings import Finding, fail, ok, warn

SHORTEST_KEY = 40
FEWEST_CHARACTERS = 12
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


def agreement() -> Iterator[Finding]:
    """Django's system checks and ours, the brand's apart."""
    found = [
        message
        for message in checks.run_checks(include_deployment_checks=settings.PASSERELLE_SECURE)
        if not message.is_silenced() and not str(message.id).startswith("brand.")
    ]
    yield from _told("settings", found)
    if not any(message.level >= checks.WARNING for message in found):
        yield ok("settings", "they agree with each other")


def brand_folder() -> Iterator[Finding]:
    found = [message for message in checks.run_checks(tags=["brand"]) if not message.is_silenced()]
    yield from _told("brand", found)
    if not any(message.level >= checks.WARNING for message in found):
        yield ok("brand", f"{brand.current().organisation.name}, folder {settings.PASSERELLE_BRAND}")


def _told(subject: str, messages: list[checks.CheckMessage]) -> Iterator[Finding]:
    for message in messages:
        if message.level >= checks.WARNING:
            make = fail if message.level >= checks.ERROR else warn
            yield make(subject, f"{message.msg} ({message.id})", message.hint or "Mend what the message names.")


def exposure() -> Iterator[Finding]:
    """What is right on one's own machine and wrong on the network."""
    address = settings.PASSERELLE_BASE_URL
    if (urlsplit(address).hostname or "") in LOCAL:
        yield ok("address", f"{address}, for this machine only")
    elif not settings.PASSERELLE_SECURE:
        yield fail(
            "address", f"{address} is not encrypted", "Set PASSERELLE_BASE_URL to the https:// address of the proxy."
        )
    else:
        yield ok("address", address)
        for name, on in (("PASSERELLE_DEBUG", settings.DEBUG), ("PASSERELLE_DEMO", settings.PASSERELLE_DEMO)):
            if on:
                yield fail(
                    "address", f"{name} is on at a public address", f"Unset {name}: it shows mails and known passwords."
                )


def proxies() -> Iterator[Finding]:
    for proxy in settings.PASSERELLE_TRUSTED_PROXIES:
        try:
            network = ip_network(proxy, strict=False)
        except ValueError:
            yield fail(
                "proxies", f"{proxy!r} is not an address or network",
                "Write addresses or networks into PASSERELLE_TRUSTED_PROXIES, such as 10.0.0.4,10.1.0.0/24.",
            )  # fmt: skip
            continue
        if network.prefixlen == 0:
            yield fail("proxies", f"{proxy} trusts everybody", "Name only the addresses of your own proxies.")
    if settings.PASSERELLE_SECURE and not settings.PASSERELLE_TRUSTED_PROXIES:
        yield warn(
            "proxies", "none is trusted, so every visitor seems to come from the proxy's address and shares one limit",
            "Set PASSERELLE_TRUSTED_PROXIES to the proxy's address.",
        )  # fmt: skip
    else:
        yield ok("proxies", ", ".join(settings.PASSERELLE_TRUSTED_PROXIES) or "none")


def keys() -> Iterator[Finding]:
    key = settings.SECRET_KEY
    if len(key) < SHORTEST_KEY or len(set(key)) < FEWEST_CHARACTERS:
        yield fail(
            "keys", "PASSERELLE_SECRET_KEY is short or uniform: links and sessions could be forged",
            "Set a random key of 50 characters or more, or unset it: one is made and kept in the data folder.",
        )  # fmt: skip
    else:
        yield ok("keys", f"the secret key has {len(key)} characters")
    former = settings.SECRET_KEY_FALLBACKS
    if any(len(old) < SHORTEST_KEY for old in former):
        yield warn(
            "keys", "a key of PASSERELLE_SECRET_KEY_FALLBACKS is short: links and sessions could be forged with it",
            "Take it out as soon as it can be spared; docs/operations.md, Changing the secret key, says when.",
        )  # fmt: skip
    path = settings.PASSERELLE_DATA_DIR / "secret_key"
    if path.is_file() and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield warn("keys", f"{path} can be read by other users", f"Run: chmod 600 {path}")
    token = settings.PASSERELLE_METRICS_TOKEN
    if token and len(token) < 16:
        yield warn("keys", "PASSERELLE_METRICS_TOKEN is short", "Choose 16 random characters or more.")


def limits() -> Iterator[Finding]:
    factor = settings.PASSERELLE_LIMITS_FACTOR
    if factor == 1:
        yield ok("limits", "as the brand says")
    else:
        yield warn(
            "limits", f"every limit is multiplied by {factor:g}", "Unset PASSERELLE_LIMITS_FACTOR after the load test."
        )
