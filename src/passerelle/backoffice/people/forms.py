from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from passerelle.web.forms import PortalForm


class PeopleForm(PortalForm):
    q = forms.CharField(label=_("Search by login, e-mail address or name"), required=False, max_length=200)
