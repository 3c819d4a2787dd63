"""The words of the analysis, in the reader's language: one text for the page, the API, the mails and the desk (I1)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from passerelle.opening.enums import CheckCode, Reason

Words_ = str | Promise


@dataclass(frozen=True, slots=True)
class Words:
    """What a reason says. `title` is the state in words, `lead` what it means, `who` who acts, `how` how, `then` what
    follows, `label` the next step as a button would say it."""

    title: Words_
    lead: Words_
    who: Words_
    how: Words_
    then: Words_
    label: Words_


CHECK_NAMES: dict[CheckCode, Words_] = {
    CheckCode.COFOR_EXISTS: _("Your COFOR exists"),
    CheckCode.COFOR_ACTIVE: _("Your COFOR is active"),
    CheckCode.REQUEST_PROCESSED: _("A request for access was received and processed"),
    CheckCode.TERMS_ACCEPTED: _("The General Terms of Use are accepted"),
    CheckCode.ACCESS_OPERATIONAL: _("The access is operational"),
    CheckCode.PLSA_DESIGNATED: _("An access administrator (PLSA) is named"),
}

# What each check asks, and what "passed" means, for the page before and after an analysis.
CHECK_TEXTS: dict[CheckCode, tuple[Words_, Words_]] = {
    CheckCode.COFOR_EXISTS: (
        _("The code must be in our Suppliers Database."),
        _("Found in our Suppliers Database."),
    ),
    CheckCode.COFOR_ACTIVE: (
        _("The company that holds the code must still exist as a legal entity."),
        _("The company still exists as a legal entity."),
    ),
    CheckCode.REQUEST_PROCESSED: (
        _("Somebody of the company asks for access, and we check who asks."),
        _("We received the request and checked it."),
    ),
    CheckCode.TERMS_ACCEPTED: (
        _("The legal representative accepts them for the company."),
        _("Accepted for the company by its legal representative."),
    ),
    CheckCode.ACCESS_OPERATIONAL: (
        _("The opening must be finished, and the access not be suspended."),
        _("The access is open."),
    ),
    CheckCode.PLSA_DESIGNATED: (
        _("Somebody of the company must be named to manage the logins of its people."),
        _("Somebody of the company manages its logins."),
    ),
}

_REQUESTER = _("You, or anybody of the company")
_ASSISTANCE = _("Our Assistance")
_REPRESENTATIVE = _("Your company's legal representative")

_WORDS: dict[Reason, Words] = {
    Reason.COFOR_UNKNOWN: Words(
        _("We do not know this COFOR"),
        _("No company of our Suppliers Database has this code. Nothing else can be checked."),
        _("You"),
        _(
            "Check the code on a purchase order or in a letter of our Purchasing Department. Take care of 0 and O, 1 "
            "and I."
        ),
        _("If you do not know your code, write to our Assistance from this page."),
        _("Ask the Assistance for your COFOR"),
    ),
    Reason.COFOR_INACTIVE: Words(
        _("This COFOR is no longer active"),
        _("Our Suppliers Database says that the company no longer exists as a legal entity."),
        _("Our Purchasing Department"),
        _("If the company was renamed, taken over or registered anew, it has another COFOR: ask your buyer for it."),
        _("If you think this is a mistake, write to our Assistance from this page."),
        _("Write to the Assistance"),
    ),
    Reason.NO_REQUEST: Words(
        _("Your company has not asked for access yet"),
        _("The code is active. The next step is a request for access; it takes about three minutes."),
        _REQUESTER,
        _("Fill in the request on this page: who you are, who represents the company, who will manage its logins."),
        _("We check the request, then write to the legal representative, who accepts the terms and opens the access."),
        _("Ask for access"),
    ),
    Reason.REQUEST_REFUSED: Words(
        _("The last request was not accepted"),
        _("We wrote the reason to the person who asked. A new request can be made at any time."),
        _REQUESTER,
        _("Make a new request on this page, with the people who can confirm it."),
        _("We check the request, then write to the legal representative."),
        _("Ask for access again"),
    ),
    Reason.REQUEST_LAPSED: Words(
        _("The last request has lapsed"),
        _("Nobody finished it in time. Nothing is lost: a new request can be made at any time."),
        _REQUESTER,
        _("Make a new request on this page."),
        _("We check the request, then write to the legal representative."),
        _("Ask for access again"),
    ),
    Reason.REQUEST_PENDING: Words(
        _("We are checking your request"),
        _("We received a request for access. Our Assistance is checking the people it names."),
        _ASSISTANCE,
        _("We compare the request with what our Suppliers Database knows, and may call the company."),
        _("We then write to the legal representative, who accepts the terms and opens the access."),
        _("Wait for our check"),
    ),
    Reason.REQUEST_DISPUTED: Words(
        _("Your request is in dispute"),
        _("Somebody of the company objected to a request for access. Nothing opens until this is settled."),
        _ASSISTANCE,
        _("Our Assistance speaks with the company and settles it."),
        _("The request then goes on, or is refused with a reason."),
        _("Wait until it is settled"),
    ),
    Reason.TERMS_NOT_ACCEPTED: Words(
        _("One step is waiting: the General Terms of Use"),
        _("Your legal representative must accept the terms for the company."),
        _REPRESENTATIVE,
        _("With the link in our e-mail, sent to the address your company gave us. It takes about two minutes."),
        _("The access opens at once, and we write to the person who will manage its logins."),
        _("Send the e-mail again"),
    ),
    Reason.TERMS_LINK_EXPIRED: Words(
        _("The link to the General Terms of Use has expired"),
        _("Your legal representative did not use it in time. One button sends a new one."),
        _REPRESENTATIVE,
        _("We send a new e-mail to the same address, with a new link."),
        _("The access opens as soon as the terms are accepted."),
        _("Send a new e-mail"),
    ),
    Reason.TERMS_REFUSED: Words(
        _("The General Terms of Use were not accepted"),
        _("Your legal representative chose not to accept them. The access cannot open without them."),
        _REPRESENTATIVE,
        _("If this was a mistake, or if there are questions on the terms, write to our Assistance from this page."),
        _("The Assistance can send the e-mail to the legal representative again."),
        _("Write to the Assistance"),
    ),
    Reason.OPENING_IN_PROGRESS: Words(
        _("Your access is being opened"),
        _("The terms are accepted. Our Assistance verifies the last point before the access opens."),
        _ASSISTANCE,
        _("We verify the person named as access administrator (PLSA), or settle an objection."),
        _("We then write to the legal representative and to the access administrator."),
        _("Wait for our check"),
    ),
    Reason.ACCESS_SUSPENDED: Words(
        _("Your company's access is suspended"),
        _("The access was opened, and is suspended for now. Its people cannot sign in."),
        _ASSISTANCE,
        _("Write to our Assistance from this page; they know why and what lifts it."),
        _("Once it is lifted, everybody signs in as before."),
        _("Write to the Assistance"),
    ),
    Reason.NO_PLSA: Words(
        _("No access administrator is named"),
        _("The access is open, but nobody manages the company's logins at present."),
        _REPRESENTATIVE,
        _("We write to your legal representative, who names an access administrator (PLSA) with a link."),
        _("The person named receives a login and creates those of the others."),
        _("Write to our legal representative"),
    ),
    Reason.ACCESS_OPEN: Words(
        _("Your company's access is open"),
        _("Logins are given by your company's access administrator (PLSA)."),
        _("Your company's access administrator (PLSA)"),
        _("Write to them from this page: we pass your message on. Their address is not shown."),
        _("They create your personal login; you receive it by e-mail."),
        _("Write to your access administrator"),
    ),
}

ACTOR_NAMES: dict[str, Words_] = {
    "requester": pgettext_lazy("who acts", "the requester"),
    "purchasing": pgettext_lazy("who acts", "Purchasing"),
    "assistance": pgettext_lazy("who acts", "the Assistance"),
    "legal_representative": pgettext_lazy("who acts", "the legal representative"),
    "plsa": pgettext_lazy("who acts", "the PLSA"),
}


def words_for(reason: Reason) -> Words:
    """The words of a reason of the contract."""
    return _WORDS[reason]
