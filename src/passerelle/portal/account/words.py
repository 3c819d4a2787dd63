"""Sign-ins in words, for the person whose login it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from passerelle.audit.models import Event
from passerelle.audit.tags import Tag
from passerelle.web.devices import describe

_REASONS: dict[str, str | Promise] = {
    "wrong_password": _("The password was not the right one."),
    "paused": _("Too many wrong passwords were typed before: sign-in was paused."),
    "former_password": _("Your previous password was typed."),
    "login_suspended": _("Your login was suspended."),
    "login_blocked": _("Your login was blocked."),
    "second_factor": _("The code or the key of the second factor was not the right one."),
    "temporary_password_ended": _("The temporary password had expired."),
    "no_company": _("Your login belonged to no company whose access is open."),
}
_OTHER = _("The sign-in was refused.")


@dataclass(frozen=True, slots=True)
class SignIn:
    at: datetime
    succeeded: bool
    why: str
    address: str
    device: str


def sign_in(event: Event) -> SignIn:
    """A line of the trail, as its owner reads it."""
    succeeded = event.tag == Tag.SIGNED_IN
    why = "" if succeeded else str(_REASONS.get(str(event.new.get("reason", "")), _OTHER))
    device = str(event.new.get("device", ""))
    return SignIn(event.at, succeeded, why, event.address, describe(device) if device else "")
