"""The words for what keeps a login out: the same sentences for a PLSA and for the Assistance (I5, D3)."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from passerelle.accounts.enums import Lifter, StateReason
from passerelle.entry.models import Diagnosis
from passerelle.entry.rules.diagnosis import Link
from passerelle.web.dates import hour, when

Words = str | Promise

LINKS: dict[str, Words] = {
    "login": gettext_lazy("The login"),
    "state": gettext_lazy("State of the login"),
    "password": gettext_lazy("Password"),
    "pause": gettext_lazy("Pauses after wrong passwords"),
    "second_factor": gettext_lazy("Second factor"),
    "membership": gettext_lazy("Access of the company"),
    "mandate": gettext_lazy("Access administrators of the company"),
    "terms": gettext_lazy("General Terms of Use"),
}

# What a link says, by the reason of its verdict.
REASONS: dict[str, Words] = {
    "login_exists": gettext_lazy("The login exists, and a password was chosen for it."),
    "unknown": gettext_lazy("No login is written like this."),
    "not_activated": gettext_lazy("No password was chosen yet: the activation e-mail was not used."),
    "login_active": gettext_lazy("The login is active."),
    "login_suspended": gettext_lazy("The login is suspended."),
    "login_blocked": gettext_lazy("The login is blocked."),
    "login_deleted": gettext_lazy("The login is deleted. It is never given again."),
    "password_holds": gettext_lazy("The password can be used."),
    "password_must_change": gettext_lazy("The password must be changed at the next sign-in. The portal asks for it."),
    "password_expired": gettext_lazy("The password has expired. The portal asks for a new one at sign-in."),
    "temporary_password_ended": gettext_lazy("The temporary password has ended. A new one can be asked for."),
    "not_paused": gettext_lazy("Sign-in is not paused."),
    "paused": gettext_lazy("Sign-in is paused for browsers that the login does not know."),
    "address_paused": gettext_lazy("Too many tries came from the network address. Sign-in is paused there."),
    "password_paused": gettext_lazy("The password that was typed is tried on many logins. Sign-in with it is paused."),
    "busy": gettext_lazy("The portal was busy. The try was not counted."),
    "form_paused": gettext_lazy("Too many tries came from the network address. The form is paused there."),
    "device_limit": gettext_lazy("Several links had been asked for this login within the hour, so no more was sent."),
    "lift_paused": gettext_lazy("Too many wrong passwords were typed on the page that lifts the block. It is paused."),
    "factor_ready": gettext_lazy("A second factor is set up."),
    "factor_optional": gettext_lazy("No second factor is set up. None is required."),
    "factor_missing": gettext_lazy(
        "A second factor is required, and none is set up. The portal asks for it at sign-in."
    ),
    "wrong_code": gettext_lazy("The password was right; the code of the second factor was not."),
    "used_code": gettext_lazy("The password was right; the code of the second factor had been used already."),
    "wrong_recovery_code": gettext_lazy("The password was right; the recovery code was not on the list, or was used."),
    "unreadable_factor": gettext_lazy(
        "The password was right; the portal can no longer read the second factor, because the key that sealed it is "
        "gone."
    ),
    "wrong_passkey": gettext_lazy("The password was right; the passkey proved nothing."),
    "second_factor_paused": gettext_lazy("The password was right; codes are paused, after too many wrong ones."),
    "proof_paused": gettext_lazy(
        "Too many wrong passwords or codes were typed to confirm a dangerous act. Confirming is paused."
    ),
    "no_company": gettext_lazy("The login belongs to no company at present."),
    "member": gettext_lazy("The company lets its people in."),
    "membership_ended": gettext_lazy("The login no longer belongs to the company."),
    "membership_suspended": gettext_lazy("The login is suspended for this company."),
    "company_closed": gettext_lazy("The company is closed in the Suppliers Database."),
    "access_not_open": gettext_lazy("The access of the company is not open yet."),
    "access_suspended": gettext_lazy("The access of the company is suspended."),
    "has_plsa": gettext_lazy("The company has an access administrator (PLSA) who can help."),
    "no_plsa": gettext_lazy("The company has no access administrator (PLSA) at present."),
    "terms_in_order": gettext_lazy("The terms are accepted."),
    "person_terms": gettext_lazy("New terms wait for the person. The portal shows them at sign-in."),
    "company_terms": gettext_lazy(
        "New terms wait for the legal representative of the company, and their time is over."
    ),
    "wrong_password": gettext_lazy("The password was wrong."),
    "former_password": gettext_lazy("The password typed was the previous one."),
    "provider_refused": gettext_lazy("The group's own sign-in ended without signing the person in."),
    "provider_often": gettext_lazy("Too many sign-ins by the group's account were begun from the network address."),
    "provider_away": gettext_lazy("The group's own sign-in did not answer."),
    "provider_ended": gettext_lazy(
        "The answer of the group's own sign-in came twice, too late, or in another browser than it was begun in."
    ),
    "provider_token": gettext_lazy("What the group's own sign-in answered could not be trusted."),
    "provider_unverified": gettext_lazy("The group's own sign-in does not say that the e-mail address is verified."),
    "provider_unknown": gettext_lazy("The group's account belongs to no login of the staff."),
    "provider_changed": gettext_lazy("The login is linked to another account of the group."),
    "provider_other": gettext_lazy("Another account of the group was used to confirm than to sign in."),
    "provider_stale": gettext_lazy("The group's own sign-in did not ask who is there again."),
    "wrong_details": gettext_lazy("The answers did not agree with what is registered."),
    "login_sent": gettext_lazy("The login was sent to its registered address."),
    "link_limit": gettext_lazy("Too many tries were made on the page of the link. It was paused."),
    "recovery_limit": gettext_lazy("Several e-mails had left within the hour, so no more was sent."),
}  # fmt: skip

# What to do next, by the next action of a verdict.
NEXT: dict[str, Words] = {
    "forgotten_login": gettext_lazy("Check how the login is written, or use “I forgot my login”."),
    "activate": gettext_lazy("Send the activation e-mail again."),
    "contact_plsa": gettext_lazy("An access administrator (PLSA) of the company decides."),
    "contact_assistance": gettext_lazy("The Assistance decides."),
    "recover": gettext_lazy("Use “I forgot my password”."),
    "change_password": gettext_lazy("Sign in, and choose a new password when the portal asks for it."),
    "device_link": gettext_lazy("Wait until then, or ask for a link that makes the browser known."),
    "set_up_factor": gettext_lazy("Sign in, and set one up when the portal asks for it."),
    "request_access": gettext_lazy("Ask for the access of the company on the page “Get an access”."),
    "accept_terms": gettext_lazy("Sign in, and read them when the portal shows them."),
    "resend_terms_mail": gettext_lazy("Send the e-mail to the legal representative again."),
    "designate_plsa": gettext_lazy("The legal representative names one on the page “Get an access”."),
}

# Why a login is not active, and who can lift it, as parts of a list.
STATE_REASONS: dict[StateReason, Words] = {reason: reason.label for reason in StateReason}
LIFTERS: dict[Lifter, Words] = {
    Lifter.OWNER: gettext_lazy("The person can lift it with the link that was sent to the registered address."),
    Lifter.PLSA: gettext_lazy("An access administrator (PLSA) of the company can lift it."),
    Lifter.ASSISTANCE: gettext_lazy("The Assistance can lift it."),
}

# Where a refusal with a number happened.
DOORS: dict[str, Words] = {
    "sign_in": pgettext_lazy("where a number was shown", "Sign-in"),
    "second_factor": pgettext_lazy("where a number was shown", "Second factor"),
    "provider": pgettext_lazy("where a number was shown", "Sign-in with the group's account"),
    "confirm": pgettext_lazy("where a number was shown", "Confirmation before a dangerous act"),
    "forgotten_password": pgettext_lazy("where a number was shown", "Forgotten password"),
    "forgotten_login": pgettext_lazy("where a number was shown", "Forgotten login"),
    "lift": pgettext_lazy("where a number was shown", "Lifting a block"),
    "device": pgettext_lazy("where a number was shown", "Making a browser known"),
}


def sentence(link: Link) -> str:
    """What one link of a diagnosis says, with why and since when."""
    if link.name == "pause" and not link.verdict and link.verdict.since is not None:
        return _("Sign-in is paused until %(hour)s for browsers that the login does not know.") % {
            "hour": hour(link.verdict.since)
        }
    return str(REASONS[link.verdict.reason])


def reason_words(link: Link) -> str:
    """Why a login is not active, as a sentence of its own; empty for any other link."""
    if not link.detail:
        return ""
    return _("Reason: %(reason)s.") % {"reason": StateReason(link.detail).label}


def since_words(link: Link) -> str:
    """Since when a link does not hold; empty where that is no question."""
    if link.verdict or link.verdict.since is None or link.name == "pause":
        return ""
    return _("Since %(when)s.") % {"when": when(link.verdict.since)}


def next_words(link: Link) -> list[str]:
    """What can be done about a link that does not hold: who can lift it, else the next act."""
    if link.verdict or link.verdict.reason == "login_deleted":  # nothing brings a deleted login back
        return []
    lifters = [str(LIFTERS[lifter]) for lifter in Lifter if lifter in link.lifters]
    if lifters:
        return lifters
    return [str(NEXT[link.verdict.next_action])] if link.verdict.next_action in NEXT else []


def refusal_sentence(diagnosis: Diagnosis) -> str:
    """What happened to the try whose number is read out."""
    return str(REASONS.get(diagnosis.reason, REASONS["wrong_password"]))


def read_aloud(number: str) -> str:
    """A number in two halves, as people read it out: 1234 5678."""
    return f"{number[:4]} {number[4:]}"
