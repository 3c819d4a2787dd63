"""One field for an e-mail address in every form (decision 16)."""

from __future__ import annotations

import pytest
from django import forms

from passerelle.portal.access.forms import PersonFields
from passerelle.portal.help.forms import ContactForm, RelayForm
from passerelle.web.forms import EMAIL, EmailField, PortalForm


class Asked(PortalForm):
    email = EmailField(label="E-mail address")
    other = EmailField(label="Another one", required=False)


@pytest.mark.parametrize("form", [PersonFields, ContactForm, RelayForm])
def test_every_form_asks_for_an_address_with_the_same_field(form: type[forms.Form]) -> None:
    assert type(form.base_fields["email"]) is EmailField


@pytest.mark.parametrize("typed", ["Paula@Fournier.example", "  Paula@Fournier.example  "])
def test_an_address_is_kept_as_typed(typed: str) -> None:
    form = Asked({"email": typed})
    assert form.is_valid()
    assert form.cleaned_data == {"email": "Paula@Fournier.example", "other": ""}


@pytest.mark.parametrize("typed", ["paula", "paula@", "a@b@c.example", "a b@c.example", "a@c.example,b@c.example"])
def test_what_nobody_can_write_to_is_refused_in_our_words(typed: str) -> None:
    form = Asked({"email": typed})
    assert form.errors == {"email": [str(EMAIL)]}


@pytest.mark.parametrize("typed", ["a\r\nBcc: x@y.example", "a\x00@b.example", "x" * 250 + "@b.example"])
def test_a_hostile_address_is_an_error_and_no_fault(typed: str) -> None:
    assert "email" in Asked({"email": typed}).errors


def test_the_box_tells_a_phone_what_it_asks_for() -> None:
    html = str(Asked()["email"])
    for attribute in ('type="email"', 'autocomplete="email"', 'spellcheck="false"', 'inputmode="email"'):
        assert attribute in html
