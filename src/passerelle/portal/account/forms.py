"""What a person may change of themselves."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from passerelle.web.forms import EmailField, PortalForm


class DetailsForm(PortalForm):
    last_name = forms.CharField(
        label=_("Last name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )
    first_name = forms.CharField(
        label=_("First name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    phone = forms.CharField(
        label=_("Phone (optional)"), max_length=40, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )  # fmt: skip
    function = forms.CharField(
        label=_("Function (optional)"), max_length=100, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )  # fmt: skip


class LanguageForm(PortalForm):
    language = forms.ChoiceField(
        label=_("Language of the portal and of our e-mails"), choices=settings.LANGUAGES, widget=forms.RadioSelect
    )


class EmailForm(PortalForm):
    """Kept exactly as typed (decision 16)."""

    email = EmailField(label=_("New e-mail address"))
