from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from passerelle.web.forms import PortalForm


class AcceptOwnTermsForm(PortalForm):
    """A person accepts the terms for persons: the text that was shown, and the box."""

    text = forms.IntegerField(widget=forms.HiddenInput)
    accept = forms.BooleanField(label=_("I have read these terms and accept them"))
