from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from passerelle.accounts.rules.factors import NAME_LIMIT
from passerelle.web.forms import CodeInput, PortalForm


class CodeForm(PortalForm):
    """One field for the whole code: pasted, with spaces or without, or filled in by the browser."""

    code = forms.CharField(
        label=_("Code of your authenticator application"), max_length=40,
        help_text=_("6 digits. The application shows a new code every 30 seconds."),
        widget=CodeInput(width=10, attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )  # fmt: skip


class RecoveryForm(PortalForm):
    recovery = forms.CharField(
        label=_("Recovery code"), max_length=60,
        help_text=_("10 letters and digits of the list you kept. Each code works once."),
        widget=CodeInput(width=20, attrs={"autocomplete": "off"}),
    )  # fmt: skip


class PasswordForm(PortalForm):
    password = forms.CharField(
        label=_("Password"), max_length=1000, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )  # fmt: skip


class NameForm(PortalForm):
    name = forms.CharField(
        label=_("Name"), max_length=NAME_LIMIT,
        help_text=_("How you recognise it in your list, such as “Phone” or “Key on my ring”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


class AuthenticatorForm(CodeForm):
    """The code that the application shows after reading the QR code, and the name of the application."""

    name = forms.CharField(
        label=_("Name"), max_length=NAME_LIMIT,
        help_text=_("How you recognise it in your list, such as “Application on my phone”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    field_order = ("code", "name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code the application shows now")
