from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from passerelle.web.forms import PortalForm


class CompaniesForm(PortalForm):
    q = forms.CharField(
        label=_(
            "Search by COFOR, name, D-U-N-S Number, VAT or registration number, SUCO, e-mail address or mail domain"
        ),
        required=False,
        max_length=200,
    )


class SuspendForm(PortalForm):
    """The reason stands on the desk and in the trail; the company is told that it is suspended, not why."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Colleagues read it here and in the trail. The company does not see it."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=200,
        error_messages={"required": _("Write the reason of the suspension")},
    )
