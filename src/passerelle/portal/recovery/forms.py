"""The forms of a forgotten login or password, and the message to the PLSAs that goes with them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from passerelle import brand
from passerelle.portal.access.forms import CoforField
from passerelle.portal.help.forms import MessageForm, RelayForm
from passerelle.support.actions import Typed
from passerelle.web.forms import CodeInput, EmailField, PortalForm


class ForgottenPasswordForm(PortalForm):
    """What must belong together (D8): the registered address letter by letter, the login in any case, the COFOR."""

    email = EmailField(
        label=_("E-mail address"), help_text=_("The one registered for your login, with its capital and small letters.")
    )
    login = forms.CharField(
        label=_("B2B login"), max_length=100, widget=CodeInput(width=20, attrs={"autocomplete": "username"})
    )
    cofor = CoforField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _own_words(self, "login")


class ForgottenLoginForm(PortalForm):
    """A code and an address that belong together (D9)."""

    cofor = CoforField()
    email = EmailField(
        label=_("E-mail address"), help_text=_("The one registered for your login, with its capital and small letters.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _own_words(self)


class PlsaMessageForm(RelayForm):
    """A message to the PLSAs of a company, with the company's code: by somebody who cannot sign in, or who has."""

    cofor = CoforField()

    def __init__(self, *args: Any, signed_in: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.signed_in = signed_in
        self.order_fields(["cofor", *RelayForm.field_order])
        _own_words(self)

    def typed(self, **more: Any) -> Typed:
        if self.signed_in:
            return super().typed(**more)
        return MessageForm.typed(self, subject=gettext("I cannot sign in"), **more)


def _own_words(form: PortalForm, *others: str) -> None:
    """The brand's words for its codes."""
    words, codes = brand.current().vocabulary, brand.current().codes
    form.fields["cofor"].help_text = f"{codes.cofor_shape}. {codes.cofor_where}"
    if "login" in others and words.term("b2b_login", "en") != type(words)().term("b2b_login", "en"):
        form.fields["login"].label = words.label("b2b_login")
