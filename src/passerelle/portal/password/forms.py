from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from passerelle.web.forms import PortalForm


class ChangePasswordForm(PortalForm):
    """A new password; the present one first where no proof of it is fresh. Paste and password managers work."""

    current_password = forms.CharField(
        label=_("Current password"), max_length=1000, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )  # fmt: skip
    new_password = forms.CharField(
        label=_("New password"), max_length=1000, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip

    def __init__(self, *args: object, asks_current: bool = True, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        if not asks_current:
            del self.fields["current_password"]
        self.fields["new_password"].widget.attrs["aria-describedby"] = "password-rules"
