from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from passerelle.support.enums import TicketKind, TicketState
from passerelle.web.forms import PortalForm

ANY = ("", _("All"))


class TicketsForm(PortalForm):
    """The filters above the messages; the state is the tab."""

    q = forms.CharField(
        label=_("Search by reference, name, e-mail address, company, COFOR or subject"), required=False, max_length=100
    )
    kind = forms.ChoiceField(label=_("About"), choices=[ANY, *TicketKind.choices], required=False)
    state = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_state(self) -> str:
        """Open messages unless another state, or `all`, is asked for."""
        value = self.cleaned_data["state"]
        return value if value in {*TicketState.values, "all"} else TicketState.OPEN.value
