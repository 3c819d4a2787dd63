"""Every limit of the portal, in one table, each with its reason. A brand overrides numbers under [limits]."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings


@dataclass(frozen=True, slots=True)
class Policy:
    """At most `count` in `period` for one subject. `reason` says why the number is what it is."""

    name: str
    count: int
    period: timedelta
    reason: str


MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

_TABLE = [
    Policy("analysis", 30, HOUR, "an address that analyses codes; enough for an office, useless for a harvest"),
    Policy("analysis_free", 2, HOUR, "analyses before a proof of work is asked"),
    Policy(
        "analysis_without_proof", 12, HOUR, "browsers without JavaScript cannot prove work: a tighter limit instead"
    ),
    Policy("analysis_unknown", 10, HOUR, "unknown codes from one address: beyond, an alarm is written"),
    Policy("analysis_key", 3000, HOUR, "the holder of an API key"),
    Policy("request", 10, HOUR, "requests for access from one address"),
    Policy("resend", 3, DAY, "mails sent again to one legal representative or PLSA; the policy resends_a_day decides"),
    Policy("link_form", 30, HOUR, "tries on one link page: its COFOR could be guessed otherwise"),
    Policy("sign_in_address", 60, HOUR, "passwords tried from one address, an office behind one gateway included"),
    Policy(
        "sign_in_password",
        22,
        20 * MINUTE,
        "failures with one password over all logins, so that nobody sprays a common one: under 100 in any hour",
    ),
    Policy("recovery_address", 20, HOUR, "forgotten logins and passwords asked from one address"),
    Policy("recovery_login", 3, HOUR, "password links that their owner asks for: a mailbox is not to be flooded"),
    Policy("login_reminder", 3, HOUR, "reminders of a login to one person; they leave the password links alone"),
    Policy(
        "password_link_sent", 3, HOUR, "password links that PLSAs and the Assistance send to one person, whoever asked"
    ),
    Policy("device_link", 3, HOUR, "mails that make a browser known, to one person"),
    Policy("provider_address", 60, HOUR, "sign-ins begun at the group's own provider from one address"),
    Policy("second_factor_login", 10, HOUR, "codes tried on one login"),
    Policy("fresh_proof", 10, HOUR, "passwords typed again by one person before a dangerous act"),
    Policy(
        "email_change", 5, DAY, "new addresses one person asks for: each brings a mail to a mailbox of their choice"
    ),
    Policy(
        "email_change_asked",
        5,
        DAY,
        "new addresses the Assistance asks for, for one person: each brings mails to several",
    ),
    Policy("draft", 30, HOUR, "forms kept for one address whose session had ended: no store for strangers"),
    Policy("diagnosis_number", 60, HOUR, "diagnosis numbers one member of staff or PLSA looks up"),
    Policy("ticket", 10, HOUR, "messages to the Assistance from one address"),
    Policy("relay", 3, DAY, "messages to the PLSAs of one company from one address"),
    Policy("relay_company", 20, DAY, "messages to the PLSAs of one company in all"),
]


def _parse(text: str, fallback: Policy) -> Policy:
    """Read a brand's "count/period" with period in s, m, h or d: "30/h", "3/d", "10/15m"."""
    number, _, period = text.partition("/")
    unit = period[-1:] or "h"
    every = int(period[:-1] or "1")
    seconds = {"s": 1, "m": 60, "h": 3600, "d": 86400}[unit]
    return Policy(fallback.name, int(number), timedelta(seconds=every * seconds), fallback.reason)


def policy(name: str) -> Policy:
    """The policy in force: the table, the brand's number over it, times PASSERELLE_LIMITS_FACTOR."""
    found = DEFAULTS[name]
    text = settings.PASSERELLE_LIMITS.get(name)
    if text:
        found = _parse(text, found)
    count = max(1, round(found.count * settings.PASSERELLE_LIMITS_FACTOR))
    return Policy(found.name, count, found.period, found.reason)


DEFAULTS: dict[str, Policy] = {entry.name: entry for entry in _TABLE}
