"""The cookie by which a login knows a browser (decision 13): one a login, signed, void once the epoch has moved on."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from passerelle import brand
from passerelle.accounts.models import Person
from passerelle.core import clock
from passerelle.core.sealing import digests
from passerelle.entry.rules.devices import Device, is_known

_SALT = "passerelle.device"
_HEAD = "__Host-device_" if settings.PASSERELLE_SECURE else "device_"
MOST = 8  # logins that one browser is known to: cookies must not grow until the web server refuses them


def cookie_name(login_key: str) -> str:
    """The name of a login's cookie, which does not tell the login."""
    return _names(login_key)[0]


def _names(login_key: str) -> list[str]:
    """The names of a login's cookie: the present one, then those that former secret keys gave it."""
    return [_HEAD + digest[:16] for digest in digests(f"{_SALT}:{login_key}")]


def read(request: HttpRequest, login_key: str) -> Device | None:
    """What this browser's cookie for a login says; None without one, and for one that we did not write."""
    opened = (_opened(request.COOKIES.get(name, "")) for name in _names(login_key))
    return next((device for device in opened if device is not None), None)


def known(request: HttpRequest, person: Person | None, login_key: str) -> Device | None:
    """The device of this request if the login knows it now."""
    device = read(request, login_key)
    return device if is_known(device, person, now=clock.now()) else None


def remember(request: HttpRequest, response: HttpResponse, person: Person) -> None:
    """Make this browser known to the login, from now on and at its present epoch.

    Call it after a sign-in that is whole, and after the owner changed the password in this browser.
    """
    before = read(request, person.login_key)
    number = before.id if before is not None and before.person_key == person.key else secrets.token_urlsafe(12)
    now = clock.now()
    value = signing.dumps([number, person.key, person.credential_epoch, int(now.timestamp())], salt=_SALT)
    name = cookie_name(person.login_key)
    days = brand.current().policies.known_device_days
    response.set_cookie(
        name, value, max_age=timedelta(days=days), secure=settings.PASSERELLE_SECURE, httponly=True, samesite="Lax"
    )
    renamed = [former for former in _names(person.login_key)[1:] if former in request.COOKIES]
    for other in [*_surplus(request, name), *renamed]:
        response.delete_cookie(other, samesite="Lax")
        if settings.PASSERELLE_SECURE:  # a browser takes a __Host- cookie back only as it took it in
            response.cookies[other]["secure"] = True


def _surplus(request: HttpRequest, name: str) -> list[str]:
    """The oldest cookies of other logins, beyond the number that is kept."""
    found = {}
    for other, value in request.COOKIES.items():
        if other.startswith(_HEAD) and other != name:
            device = _opened(value)
            found[other] = device.issued_at.timestamp() if device else 0.0
    return sorted(found, key=lambda other: found[other], reverse=True)[MOST - 1 :]


def _opened(value: str) -> Device | None:
    if not value or len(value) > 500:
        return None
    try:
        number, person_key, epoch, issued = signing.loads(value, salt=_SALT)
        return Device(str(number), str(person_key), int(epoch), datetime.fromtimestamp(int(issued), tz=UTC))
    except (signing.BadSignature, ValueError, TypeError, OverflowError, OSError):
        return None
