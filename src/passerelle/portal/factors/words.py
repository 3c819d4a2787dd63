"""What is wrong with a second factor, in words that say how to go on. Wrong and used codes read alike (D2)."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from passerelle.core.errors import Refused

_CODE = _("This code is not the one shown now, or it was used already. Wait for the next code and type it.")
_PASSKEY = _("The passkey did not prove that it is you. Try again, or use another way.")

_WORDS: dict[str, str | Promise] = {
    "factor_code": _CODE,
    "factor_code_used": _CODE,
    "no_authenticator": _CODE,
    "factor_unreadable": _(
        "The portal can no longer check the codes of your authenticator application. Use a passkey or a recovery code, "
        "or write to our Assistance."
    ),
    "codes_unreadable": _(
        "The portal can no longer check the recovery codes of your list. Use another way, or write to our Assistance."
    ),
    "recovery_code": _("This recovery code is not on your list, or it was used already. Use another one."),
    "passkey_unproven": _PASSKEY,
    "passkey_copied": _PASSKEY,
    "passkey_missing": _("No passkey was sent. Passkeys need JavaScript in the browser; a code works without it."),
    "passkey_exists": _("This passkey is on record already. Choose another device or key."),
    "authenticator_exists": _("You have an authenticator application already. Remove it before you add another one."),
    "setup_ended": _("The set-up took too long. Scan the new QR code and type the code it gives."),
    "last_factor": _("You need a second factor to enter. Add another one before you remove this one."),
    "no_factor": _("There is no second factor any more."),
    "login_closed": _("This login is not open at present. Write to our Assistance."),
    "factor_unknown": _("This second factor was removed already."),
    "removal_ended": _("Nothing waits to be removed any more."),
    "link_used": _("This link has already been used."),
    "link_expired": _("This link has expired."),
    "link_superseded": _("A newer e-mail was sent. Use the link in the newest one."),
    "link_unknown": _("This link is not one of ours. Copy the whole address from the e-mail."),
}


def factor_words(refusal: Refused) -> str:
    return str(_WORDS[refusal.code])


# What the trail and a diagnosis keep of a refusal; the page says less.
_REASONS = {
    "factor_code_used": "used_code",
    "factor_unreadable": "unreadable_factor",
    "codes_unreadable": "unreadable_factor",
    "recovery_code": "wrong_recovery_code",
    "passkey_unproven": "wrong_passkey",
    "passkey_copied": "wrong_passkey",
    "passkey_missing": "wrong_passkey",
}


def is_ours(refusal: Refused) -> bool:
    """Whether the refusal is the portal's own fault, whatever was typed: then no try is counted."""
    return reason_of(refusal) == "unreadable_factor"


def reason_of(refusal: Refused) -> str:
    return _REASONS.get(refusal.code, "wrong_code")
