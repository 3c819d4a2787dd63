from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from passerelle.audit.tags import Tag
from passerelle.backoffice.found import company_key, person_key, subject_key
from passerelle.backoffice.history import title
from passerelle.web.forms import PortalForm

# Beyond them a day's limits cannot be told in every zone.
FIRST_YEAR, LAST_YEAR = 2000, 2100


class TrailForm(PortalForm):
    """The filters above the trail. A filter that names nothing we know is an error, not an empty list."""

    tag = forms.ChoiceField(
        label=_("What happened"), choices=[("", _("All")), *((tag.value, title(tag)) for tag in Tag)], required=False
    )
    company = forms.CharField(label=_("COFOR"), required=False, max_length=20)
    person = forms.CharField(label=_("Login or e-mail address"), required=False, max_length=254)
    subject = forms.CharField(label=_("Reference"), required=False, max_length=30)
    day = forms.DateField(
        label=_("Day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": _("Enter the day as year, month and day, such as 2026-03-12")},
    )

    def clean_day(self) -> date | None:
        day: date | None = self.cleaned_data["day"]
        if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ValidationError(_("Enter a day between the years 2000 and 2100"))
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        unknown = {
            "company": (company_key, _("No company has this COFOR. Check the code")),
            "person": (person_key, _("Nobody has this login or e-mail address. Check it")),
            "subject": (subject_key, _("No request and no message has this reference. Check it")),
        }
        for name, (find, words) in unknown.items():
            if data.get(name):
                data[f"{name}_key"] = find(data[name])
                if not data[f"{name}_key"]:
                    self.add_error(name, ValidationError(words))
        return data
