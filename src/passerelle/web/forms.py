"""Forms of the portal: they refuse hostile input with words, keep what was typed, and travel between languages.

The pattern of every page with a form:

    @open_page
    def ask(request: HttpRequest) -> HttpResponse:
        form = bind(request, AskForm)
        if form.is_bound and form.is_valid():
            …one action, redirect…
        return render(request, "help/ask.html", {"form": form})

and in the template, so that the language switch takes along what was typed, without a script too:

    {% block language_switch %}<c-language-switch form="ask" />{% endblock %}
    …
    <form id="ask" method="post" novalidate>{% csrf_token %} … </form>

The switch is then a button that posts the form to the other language's address with `_switch=1`; `bind` sees it and
gives the form back filled in, unbound, without errors. For a form sent by GET write `method="get"` on the switch and
`bind(request, AskForm, method="GET")`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from passerelle.mail import addresses
from passerelle.web import drafts
from passerelle.web.context import SWITCH

LINE_LIMIT = 200
TEXT_LIMIT = 5000

# Characters that reorder what is read: harmless in a letter, a trick in a name, an address or a code.
BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
UNREADABLE = "\ufffd"


def complaint(text: str, *, several_lines: bool) -> str:
    """What is wrong with the characters of a text, or nothing.

    Line feeds and tabs are fine where several lines may be typed; carriage returns come with them from browsers.
    """
    allowed = "\n\r\t" if several_lines else ""
    for character in text:
        category = unicodedata.category(character)
        if category == "Cs" or character == UNREADABLE:
            return "unreadable"
        if category == "Cc" and character not in allowed:
            return "control"
        if character in "\u2028\u2029" and not several_lines:
            return "control"
        if character in BIDI and not several_lines:
            return "direction"
    return ""


COMPLAINTS = {
    "unreadable": _("%(label)s contains a character that cannot be read. Type it again."),
    "control": _("%(label)s contains a character that cannot be shown, such as a line break. Type it again."),
    "direction": _("%(label)s contains a hidden character that changes the reading direction. Type it again."),
}


class CodeInput(forms.TextInput):
    """A box for a code: letters of one width, no spelling help, capitals on a phone's keyboard.

    `width` is the number of characters the box shows (2, 3, 4, 5, 10, 20 or 30); it limits nothing.
    """

    def __init__(self, width: int = 10, attrs: dict[str, Any] | None = None) -> None:
        own = {
            "class": f"input--code govuk-input--width-{width}",
            "spellcheck": "false",
            "autocapitalize": "characters",
            "autocorrect": "off",
            "translate": "no",
        }
        super().__init__({**own, **(attrs or {})})


class PortalForm(forms.Form):
    """The base of every form.

    Each text field refuses null and other control characters, characters that could not be read, characters that
    change the reading direction (in single lines), and over-long text, with a message that gives the limit. What
    was typed stays in the box. A limit is the field's `max_length`, else 200 characters, 5000 in a text area.
    """

    # Whether this form is the same for everybody until it is filled in: nothing of its fields comes from a person or
    # a request. Parts of pages that show it are then kept (see kept.py).
    alike = False

    use_required_attribute = False  # our own words instead of the browser's; aria-required tells the same

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            self._guard(name, field)

    @property
    def is_alike(self) -> bool:
        return self.alike and not self.is_bound and not self.initial and not self.prefix

    def _guard(self, name: str, field: forms.Field) -> None:
        if isinstance(field.widget, forms.PasswordInput) and "password" not in name:
            raise ImproperlyConfigured(f"{name}: the name of a password field contains “password”, see web/errors.py.")
        _word(field)
        several = isinstance(field.widget, forms.Textarea)
        if isinstance(field, forms.CharField):
            limit = field.max_length or (TEXT_LIMIT if several else LINE_LIMIT)
            field.max_length = limit
            field.validators = [check for check in field.validators if type(check).__name__ not in _REPLACED]
            # A box that cuts off silently what is pasted is worse than an error that gives both lengths.
            field.widget.attrs.pop("maxlength", None)
        elif isinstance(field, forms.FileField | forms.BooleanField):
            return
        else:
            limit = LINE_LIMIT
        if isinstance(field, forms.MultipleChoiceField):
            return
        guarded = partial(_clean, field.clean, field, limit, several, name)
        field.clean = guarded  # type: ignore[method-assign]


_REPLACED = {"MaxLengthValidator", "ProhibitNullCharactersValidator"}


def _clean(clean: Callable[[Any], Any], field: forms.Field, limit: int, several: bool, name: str, value: Any) -> Any:
    """Refuse hostile text before the field itself reads it: one message, ours."""
    if isinstance(value, str):
        label = _bare(str(field.label or name))
        if field.__dict__.get("strip", True):
            value = value.replace("\r\n", "\n") if several else value.strip(" \t\r\n\u00a0")
        if wrong := complaint(value, several_lines=several):
            raise ValidationError(COMPLAINTS[wrong], code=wrong, params={"label": label})
        if len(value) > limit:
            raise ValidationError(
                ngettext(
                    "%(label)s must be %(limit)d character or fewer. You entered %(count)d.",
                    "%(label)s must be %(limit)d characters or fewer. You entered %(count)d.",
                    limit,
                ),
                code="too_long",
                params={"label": label, "limit": limit, "count": len(value)},
            )
    return clean(value)


def _bare(label: str) -> str:
    """The label inside a sentence: without “(optional)” after it."""
    return re.sub(r"\s*\([^()]*\)$", "", label)


def _word(field: forms.Field) -> None:
    """Say in our words what Django says in its own, unless the form did already."""
    stock = _stock_messages(type(field))
    label = str(field.label or "")
    for code, message in _messages(field, label).items():
        if field.error_messages.get(code) == stock.get(code):
            field.error_messages[code] = message
    if isinstance(field, forms.EmailField):
        field.error_messages.setdefault("invalid", EMAIL)


EMAIL = _("Enter the e-mail address in the correct format, with an @ sign, such as name@company.com")


class EmailField(forms.CharField):
    """An address that can be written to, kept exactly as typed: capitals are preserved (decision 16)."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 254)
        kwargs.setdefault(
            "widget", forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false", "inputmode": "email"})
        )
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        text = str(super().clean(value))
        if text and addresses.check(text):
            raise ValidationError(EMAIL, code="email")
        return text


def _messages(field: forms.Field, label: str) -> dict[str, Any]:
    required: Any = _("Enter an answer for “%(label)s”")
    if isinstance(field, forms.BooleanField):
        required = _("Tick the box “%(label)s”")
    elif isinstance(field, forms.FileField):
        required = _("Choose a file for “%(label)s”")
    elif isinstance(field, forms.ChoiceField):
        required = _("Choose an answer for “%(label)s”")
    choice = _("Choose one of the answers of “%(label)s”")
    return {
        "required": _Filled(required, label),
        "invalid_choice": _Filled(choice, label),
        "invalid_list": _Filled(choice, label),
    }


class _Filled:
    """A message with the label in it, put into words only when it is shown, in the language of that moment."""

    def __init__(self, message: Any, label: str) -> None:
        self.message = message
        self.label = label

    def __str__(self) -> str:
        return str(self.message) % {"label": self.label}

    def __mod__(self, _params: object) -> str:
        return str(self)


def _stock_messages(kind: type[forms.Field]) -> dict[str, Any]:
    stock: dict[str, Any] = {}
    for part in reversed(kind.__mro__):
        stock.update(getattr(part, "default_error_messages", {}))
    return stock


AnyForm = TypeVar("AnyForm", bound=forms.BaseForm)


def bind(request: HttpRequest, form_class: type[AnyForm], *, method: str = "POST", **kwargs: Any) -> AnyForm:
    """The form of this request: bound when it was sent, unbound when it was not.

    When the language was switched on a half-filled form, it comes back unbound, filled with what was typed and
    without errors; passwords and files are never filled in again. So does a form that was sent when its sender's
    session had ended (see web/drafts.py). Other arguments go to the form.
    """
    data: QueryDict = request.GET if method == "GET" else request.POST
    sent = bool(data) if method == "GET" else request.method == "POST"
    if not sent:
        before = drafts.restored(request) if method == "POST" else None
        return form_class(**kwargs) if before is None else _filled(form_class, before, kwargs)
    files = request.FILES if method == "POST" else None
    return _filled(form_class, data, kwargs) if SWITCH in data else form_class(data, files, **kwargs)


def _filled(form_class: type[AnyForm], data: QueryDict, kwargs: dict[str, Any]) -> AnyForm:
    """The form unbound, with what was typed into it."""
    typed = form_class(data, **kwargs)
    initial = {
        name: field.widget.value_from_datadict(data, {}, typed.add_prefix(name))
        for name, field in typed.fields.items()
        if not isinstance(field, forms.FileField) and not isinstance(field.widget, forms.PasswordInput)
    }
    return form_class(**{**kwargs, "initial": {**(kwargs.get("initial") or {}), **initial}})


def was_switched(request: HttpRequest) -> bool:
    """Whether this request only changes the language of a half-filled form."""
    return SWITCH in request.POST or SWITCH in request.GET
