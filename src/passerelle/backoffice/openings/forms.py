"""What is typed to search the queue and to decide on an opening."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from passerelle.opening.enums import RefusalReason
from passerelle.opening.queries import SORTS, Tab
from passerelle.web.forms import PortalForm

NOTE = 1000


class QueueForm(PortalForm):
    """The search above the queue. Tab and order travel along, so that the address holds the whole view."""

    q = forms.CharField(
        label=_("Search by reference, COFOR, company, e-mail address or login"), required=False, max_length=100
    )
    tab = forms.CharField(required=False, widget=forms.HiddenInput)
    sort = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_tab(self) -> Tab:
        value = self.cleaned_data["tab"]
        return Tab(value) if value in set(Tab) else Tab.VERIFY

    def clean_sort(self) -> str:
        value = self.cleaned_data["sort"]
        return value if value in SORTS else ""


class Decision(PortalForm):
    """A decision on an opening. `seen` is what it was taken on; the action refuses it when that has changed."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput, max_length=40)


class VerifyForm(Decision):
    note = forms.CharField(
        label=_("How you verified the legal representative"),
        help_text=_("For instance whom you called, at which number, and what was confirmed. It stays in the trail."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=NOTE,
        error_messages={"required": _("Write how you verified the legal representative")},
    )


class ApproveForm(Decision):
    note = forms.CharField(
        label=_("How you verified the PLSA"),
        help_text=_("For instance whom you called, at which number, and what was confirmed. It stays in the trail."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=NOTE,
        error_messages={"required": _("Write how you verified the PLSA")},
    )


class RefuseForm(Decision):
    """The reason and the note go to the requester; “another reason” says nothing without a note."""

    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=RefusalReason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a reason")},
    )
    note = forms.CharField(
        label=_("Message to the requester (optional)"),
        help_text=_("The requester reads it in the e-mail, below the reason."),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=NOTE,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("reason") == RefusalReason.OTHER and not data.get("note", "").strip() and "note" not in self.errors:
            self.add_error("note", ValidationError(_("Write the reason in the message: the requester reads it")))
        return data


class SettleForm(Decision):
    decision = forms.ChoiceField(
        label=_("What you decide"),
        choices=[("dismiss", _("Dismiss the objection: the request goes on")), ("uphold", _("Uphold the objection"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose whether the objection is dismissed or upheld")},
    )
    note = forms.CharField(
        label=_("How you settled it"),
        help_text=_("It stays in the trail. If the request is refused by it, the requester reads it too."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=NOTE,
        error_messages={"required": _("Write how you settled it")},
    )


class AgainForm(Decision):
    """Sending the terms again: nothing to type."""
