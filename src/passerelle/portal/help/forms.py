"""The forms that write to the Assistance or, through the portal, to the PLSAs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, TimestampSigner
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from passerelle import brand
from passerelle.core.keys import random_key
from passerelle.opening.enums import Reason
from passerelle.support.actions import Typed
from passerelle.web.forms import CodeInput, EmailField, PortalForm

# A box that people do not see and robots fill in. It is written by the template help/_trap.html.
TRAP = "website"
_SIGNER = TimestampSigner(salt="passerelle.portal.help.forms")


def new_mark() -> str:
    """A random mark of one showing of a form, with the time of it, signed."""
    return _SIGNER.sign(random_key())


class MessageForm(PortalForm):
    """Who writes, with the guards of every such form: a hidden mark, and a box that only robots fill in (decision 22).

    The mark makes a double click one message and tells how long the form was on the screen.
    """

    last_name = forms.CharField(
        label=_("Last name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )
    first_name = forms.CharField(
        label=_("First name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    email = EmailField(label=_("E-mail address"), help_text=_("The answer goes to this address."))
    submission = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound and not self.initial.get("submission"):
            self.initial["submission"] = new_mark()

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if self.data.get(TRAP):
            raise ValidationError(
                _("A box that people do not see was filled in, as robots do. It is empty again: send once more."),
                code="trap",
            )
        return found

    def mark(self) -> str:
        """The mark for the action; a form that came without one has a mark of its own."""
        return str(self.cleaned_data.get("submission") or "") or random_key()

    def was_fast(self, limit: timedelta) -> bool:
        """Whether the form came back sooner than a person types. A mark that we did not sign counts as fast."""
        try:
            _SIGNER.unsign(str(self.cleaned_data.get("submission") or ""), max_age=limit)
        except BadSignature as reason:
            return type(reason) is BadSignature
        return True

    def typed(self, **more: Any) -> Typed:
        """What was typed, as the action takes it."""
        names = Typed.__dataclass_fields__.keys() & self.cleaned_data.keys()
        return Typed(**{**{name: self.cleaned_data[name] for name in names}, **more})

    def message(self) -> dict[str, Any]:
        """The arguments of `support.actions.relay` and `receive` that come from the form."""
        return {"typed": self.typed(), "submission": self.mark()}


class ContactForm(MessageForm):
    """A question to the Assistance (G3, contract). `reason` and `check` name the result it is about."""

    login = forms.CharField(
        label=_("B2B identifier (optional)"), required=False, max_length=20, widget=CodeInput(width=10)
    )
    cofor = forms.CharField(label=_("COFOR (optional)"), required=False, max_length=20, widget=CodeInput(width=10))
    company_name = forms.CharField(
        label=_("Company"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "organization"})
    )
    postcode = forms.CharField(
        label=_("Zip code (optional)"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code", "class": "govuk-input--width-10"}),
    )
    subject = forms.CharField(label=_("Subject"), max_length=150)
    comments = forms.CharField(
        label=_("Comments"),
        max_length=5000,
        help_text=_("What you want to do, and what happens instead. Never write a password here."),
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    copy = forms.BooleanField(label=_("Receive a copy"), required=False)
    reason = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    check = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    field_order = (
        "last_name", "first_name", "email", "login", "cofor", "company_name", "postcode", "subject", "comments", "copy",
    )  # fmt: skip

    def __init__(self, *args: Any, signed_in: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = brand.current().vocabulary
        self.fields["cofor"].label = _optional(words.label("cofor"))
        if words.term("b2b_login", "en") != type(words)().term("b2b_login", "en"):
            self.fields["login"].label = _optional(words.label("b2b_login"))
        self.fields["copy"].help_text = (
            _("Sent to you at once, with the reference of your message.")
            if signed_in
            else _("We send you a link first. Open it, and the whole message follows: nobody can spam others this way.")
        )

    def context(self) -> dict[str, str]:
        """The result that the message is about: its reason code, and the reference that was shown with it."""
        found = {name: str(self.cleaned_data[name]) for name in ("reason", "check")}
        return {name: value for name, value in found.items() if value} if found["reason"] else {}

    def clean_reason(self) -> str:
        reason = str(self.cleaned_data["reason"])
        return reason if reason in Reason else ""


class UnknownCodeForm(MessageForm):
    """ "I do not know my company COFOR" (C4): what lets the Assistance find the company."""

    phone = forms.CharField(
        label=_("Phone (optional)"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    company_name = forms.CharField(
        label=_("Company"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "organization"})
    )
    identifiers = forms.CharField(
        label=_("VAT number, D-U-N-S Number or order number (optional)"),
        required=False,
        max_length=200,
        help_text=_("One is enough. It helps us find your company."),
    )
    comments = forms.CharField(
        label=_("Comments (optional)"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 5})
    )

    field_order = ("last_name", "first_name", "email", "phone", "company_name", "identifiers", "comments")

    def typed(self, **more: Any) -> Typed:
        words = brand.current().vocabulary
        subject = gettext("I do not know my company %(cofor)s") % {"cofor": words.term("cofor")}
        return super().typed(subject=subject, **more)


class RelayForm(MessageForm):
    """A message to the PLSAs of a company, whose addresses are not shown (C3)."""

    phone = forms.CharField(
        label=_("Phone (optional)"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    comments = forms.CharField(
        label=_("Your message"),
        max_length=2000,
        help_text=_("Say who you are in the company and what you need, such as a personal login."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    field_order = ("last_name", "first_name", "email", "phone", "comments")

    def typed(self, **more: Any) -> Typed:
        return super().typed(subject=gettext("Message through the supplier portal"), **more)


def _optional(label: str) -> str:
    return gettext("%(label)s (optional)") % {"label": label}
