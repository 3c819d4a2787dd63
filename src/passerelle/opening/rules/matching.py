"""Whether a request may go on alone, or waits for the Assistance (C10, decision 7)."""

from __future__ import annotations

from passerelle.opening.enums import Basis


def decide_basis(*, policy: str, match: str | None, same_mailbox: bool) -> Basis:
    """Why the legal representative's mailbox is believed; `Basis.NONE` means the Assistance verifies first.

    `policy` is the brand's `opening_verification`. `match` says what of the mailbox is on record for the company:
    "contact", "domain" or None. A representative who is the PLSA too is always verified, unless verification is off.
    """
    if policy == "never":
        return Basis.POLICY
    if policy == "always" or same_mailbox or match is None:
        return Basis.NONE
    return Basis.CONTACT if match == "contact" else Basis.DOMAIN
