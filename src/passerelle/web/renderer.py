"""How a form field becomes HTML: label, hint, error and control, tied together for people who do not see them.

Pages write `{{ form.name.as_field_group }}`; nothing in a page names a class of the base library.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import DjangoTemplates, TemplatesSetting
from django.http import HttpRequest
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

OWN_TEMPLATES = {
    "django/forms/widgets/radio.html": "forms/radios.html",
    "django/forms/widgets/checkbox_select.html": "forms/checkboxes.html",
}

# The first class that fits gives the classes of the base library.
CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxInput, "govuk-checkboxes__input"),
    (forms.RadioSelect, ""),
    (forms.CheckboxSelectMultiple, ""),
    (forms.Select, "govuk-select"),
    (forms.Textarea, "govuk-textarea"),
    (forms.FileInput, "govuk-file-upload"),
    (forms.PasswordInput, "govuk-input govuk-password-input__input govuk-js-password-input-input"),
    (forms.widgets.Input, "govuk-input"),
)
ERROR_CLASSES = {
    "govuk-select": "govuk-select--error",
    "govuk-textarea": "govuk-textarea--error",
    "govuk-file-upload": "govuk-file-upload--error",
    "govuk-input": "govuk-input--error",
}


# Django's templates of these are one tag each: written here as it stands there, at a tenth of the cost.
INPUTS = frozenset(
    f"django/forms/widgets/{kind}.html"
    for kind in ("input", "text", "email", "password", "hidden", "number", "tel", "search", "url", "checkbox")
)


def _input(widget: dict[str, Any]) -> SafeString:
    given = {"type": widget["type"], "name": widget["name"]}
    if widget["value"] is not None:
        given["value"] = widget["value"]
    written = [
        format_html(" {}", name) if value is True else format_html(' {}="{}"', name, value)
        for name, value in [*given.items(), *widget["attrs"].items()]
        if value is not False
    ]
    return mark_safe(f"<input{''.join(written)}>")  # noqa: S308 - every part was escaped as it was written


class PortalBoundField(BoundField):
    """A field on a page: knows its shape and says to assistive technology what is required, wrong and explained."""

    @property
    def shape(self) -> str:
        widget = self.field.widget
        if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
            return "fieldset"
        if isinstance(widget, forms.CheckboxInput):
            return "checkbox"
        if isinstance(widget, forms.PasswordInput):
            return "password"
        if isinstance(widget, forms.Textarea) and getattr(self.field, "max_length", None):
            return "counted"
        return "line"

    @property
    def is_radio(self) -> bool:
        # A group of boxes is a kind of radio group to Django; to people it is not.
        widget = self.field.widget
        return isinstance(widget, forms.RadioSelect) and not isinstance(widget, forms.CheckboxSelectMultiple)

    @property
    def described_by(self) -> str:
        parts = []
        if self.auto_id and not self.is_hidden:
            if self.help_text:
                parts.append(f"{self.auto_id}_helptext")
            if self.errors:
                parts.append(f"{self.auto_id}_error")
            if self.shape == "counted":
                parts.append(f"{self.auto_id}-info")
        return " ".join(parts)

    @property
    def error_target(self) -> str:
        """The id the error summary leads to: the control itself, or the first of a group of choices."""
        if self.shape == "fieldset":
            return f"{self.auto_id}_0"
        return str(self.id_for_label or self.auto_id)

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        widget = widget or self.field.widget
        attrs = dict(attrs)
        if widget.is_hidden:
            return attrs
        if self.field.disabled:
            attrs["disabled"] = True
        own = next((classes for kind, classes in CLASSES if isinstance(widget, kind)), "")
        classes = [own, str(widget.attrs.get("class", ""))]
        if self.errors:
            classes.append(ERROR_CLASSES.get(own.split(" ")[0], ""))
        if isinstance(widget, forms.Textarea) and self.shape == "counted":
            classes.append("govuk-js-character-count")
        if joined := " ".join(part for part in classes if part):
            attrs["class"] = joined
        if self.shape == "fieldset":
            return attrs  # the fieldset carries them for all its choices
        if self.field.required:
            attrs["aria-required"] = "true"
        if self.errors:
            attrs["aria-invalid"] = "true"
        if self.described_by:
            attrs["aria-describedby"] = self.described_by
        if isinstance(widget, forms.PasswordInput):
            attrs.setdefault("spellcheck", "false")
            attrs.setdefault("autocapitalize", "none")
        if isinstance(widget, forms.EmailInput):
            attrs.setdefault("spellcheck", "false")
        return attrs


class Renderer(TemplatesSetting):
    """Finds form templates among the portal's own first, then Django's."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
    bound_field_class = PortalBoundField

    def __init__(self) -> None:
        self.stock = DjangoTemplates()

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        if template_name in INPUTS:
            return _input(context["widget"])
        return super().render(template_name, context, request)

    def get_template(self, template_name: str) -> Any:
        try:
            return get_template(OWN_TEMPLATES.get(template_name, template_name))
        except TemplateDoesNotExist:
            return self.stock.get_template(template_name)
