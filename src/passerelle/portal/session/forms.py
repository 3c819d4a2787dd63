from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from passerelle import brand
from passerelle.web.forms import CodeInput, PortalForm


class SignInForm(PortalForm):
    """B2B login in any case; the password exactly (D2). Paste and password managers work."""

    alike = True
    login = forms.CharField(
        label=_("B2B login"), max_length=100,
        widget=CodeInput(width=20, attrs={"autocomplete": "username"}),
    )  # fmt: skip
    password = forms.CharField(
        label=_("Password"), max_length=1000, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )  # fmt: skip


class DeviceForm(PortalForm):
    """The login whose owner wants this browser to be known."""

    login = forms.CharField(
        label=_("B2B login"), max_length=100,
        widget=CodeInput(width=20, attrs={"autocomplete": "username"}),
    )  # fmt: skip


class LiftForm(PortalForm):
    """The password in use, which a block by the former one does not change."""

    password = forms.CharField(
        label=_("Current password"), max_length=1000, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )  # fmt: skip


class NewPasswordForm(PortalForm):
    new_password = forms.CharField(
        label=_("New password"), max_length=1000, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password"].help_text = _(
            "At least %(length)d characters. A few words that you remember are better than one complicated one."
        ) % {"length": brand.current().policies.password_min_length}
