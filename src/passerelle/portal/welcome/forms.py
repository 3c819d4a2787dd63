"""The quick check on the welcome page: one field, sent by GET to Get an access, which looks at it."""

from __future__ import annotations

from typing import Any

from django import forms

from passerelle import brand
from passerelle.web.forms import CodeInput, PortalForm


class QuickCheckForm(PortalForm):
    alike = True
    cofor = forms.CharField(widget=CodeInput(width=10))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = brand.current()
        field = self.fields["cofor"]
        field.label = chosen.label("cofor")
        field.help_text = f"{chosen.codes.cofor_shape}. {chosen.codes.cofor_where}"
