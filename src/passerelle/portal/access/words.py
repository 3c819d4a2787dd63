"""What happened, in words, for each refusal a page of the road may meet."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from passerelle.core.errors import Refused
from passerelle.opening.enums import OpeningState

_WORDS: dict[str, str | Promise] = {
    "cofor_unknown": _("We do not know this COFOR. Check it and try again."),
    "cofor_inactive": _("This COFOR is no longer active, so no access can be opened for it."),
    "cofor_mismatch": _("This is not the COFOR of the company in our e-mail. Check it and try again."),
    "already_open": _("The access of this company is open already. Ask its PLSA for a personal login."),
    "terms_newer": _("Newer terms came into effect while you were reading. Read them below and accept them."),
    "plsa_staff": _(
        "The address given for the PLSA belongs to our own staff. Give the address of a person of the company."
    ),
    "nothing_to_ask": _("There is nothing to ask of the legal representative at present."),
    "no_representative": _("We do not know who the legal representative is. Write to our Assistance from this page."),
    "no_plsa": _("The company has no PLSA at present."),
    "not_open": _("The access of this company is not open."),
    "opening_ended": _("This request has ended already. Nothing more needs to be done."),
    "link_used": _("This link has already been used."),
    "link_expired": _("This link has expired. Ask for a new one."),
    "link_superseded": _("A newer e-mail was sent. Use the link in the newest one."),
    "link_unknown": _("This link is not one of ours. Copy the whole address from the e-mail."),
    "mail_address": _("We cannot write to this address. Check it and try again."),
}

_MOVED: dict[str, str | Promise] = {
    OpeningState.TO_VERIFY: _("The Assistance is checking this request. Nothing needs to be done for now."),
    OpeningState.DISPUTED: _("Somebody of the company objected to this request. Our Assistance settles it first."),
    OpeningState.AWAITING: _("This request waits for the legal representative."),
    OpeningState.HELD: _("The terms were accepted already. Our Assistance is checking the PLSA."),
    OpeningState.OPEN: _("The terms were accepted already, and the access is open."),
    OpeningState.REFUSED: _("This request was refused in the meantime."),
    OpeningState.TERMS_REFUSED: _("The terms were refused with this link already."),
    OpeningState.LAPSED: _("This request has lapsed. A new one can be made at any time."),
    OpeningState.CLOSED: _("The access was opened by another request of the company."),
}


def refusal_words(refusal: Refused) -> str:
    """The words of a refusal: what happened and what to do."""
    if refusal.code == "opening_move":
        return str(_MOVED[str(refusal.facts["state"])])
    return str(_WORDS[refusal.code])
