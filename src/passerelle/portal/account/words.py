"""Sign-ins in words, for the person whose login it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from passerelle.audit.models import Event
from passerelle.audit.tags import Tag

_REASONS: dict[str, str | Promise] = {
    "wrong_password": _("The password was not the right one."),
    "former_password": _("Your previous password was typed."),
    "temporary_password_ended": _("The temporary password had ended."),
    "wrong_code": _("The password was right, but the second factor was not."),
    "used_code": _("The code of the second factor had been used already."),
    "wrong_recovery_code": _("The recovery code was not on the list, or had been used already."),
    "wrong_passkey": _("The passkey proved nothing."),
    "wrong_details": _("The answers did not agree with what is registered."),
    "paused": _("Sign-in was paused, because wrong passwords were typed before."),
    "second_factor_paused": _("The second factor was paused, because wrong codes were typed before."),
    "login_sent": _("The login was sent to its registered address."),
    "recovery_limit": _("Several e-mails had left within the hour, so no more was sent."),
    "link_limit": _("Too many tries were made on the page of the link. It was paused."),
    "proof_paused": _("Confirming was paused, because wrong passwords or codes were typed before."),
    "lift_paused": _("It was paused, because wrong passwords were typed there before."),
    "address_paused": _("Too many tries came from this network address."),
    "busy": _("The portal was busy. The try was not counted."),
    "provider_changed": _("Another account of the group than the one linked to your login was used."),
    "provider_other": _("Another account of the group was used to confirm than to sign in."),
    "provider_stale": _("The group's own sign-in did not ask who is there again."),
    "login_suspended": _("Your login was suspended."),
    "login_blocked": _("Your login was blocked."),
    "no_company": _("Your login belonged to no company whose access is open."),
}
_OTHER = _("The portal refused it, because your login or your company could not enter then.")

_DOORS: dict[str, str | Promise] = {
    "second_factor": _("Second factor"),
    "provider": _("Sign-in with the group's account"),
    "confirm": _("Confirmation before a dangerous act"),
    "forgotten_password": _("Forgotten password"),
    "forgotten_login": _("Forgotten login"),
    "lift": _("Lifting a block"),
}


@dataclass(frozen=True, slots=True)
class SignIn:
    """One try. `door` is empty for the sign-in page; `known` tells that the browser was known to the login."""

    at: datetime
    succeeded: bool
    door: str
    why: str
    address: str
    known: bool


def sign_in(event: Event) -> SignIn:
    """A line of the trail, as its owner reads it."""
    succeeded = event.tag == Tag.SIGNED_IN
    why = "" if succeeded else str(_REASONS.get(str(event.new.get("reason", "")), _OTHER))
    door = str(_DOORS.get(str(event.new.get("door", "")), ""))
    return SignIn(event.at, succeeded, door, why, event.address, bool(event.new.get("known_device")))
