"""Forms refuse hostile input with words and keep what was typed."""

from __future__ import annotations

import pytest
from django import forms
from django.core.exceptions import ImproperlyConfigured
from django.http import QueryDict
from django.test import RequestFactory

from passerelle.web.forms import CodeInput, PortalForm, bind


class Sample(PortalForm):
    code = forms.CharField(label="COFOR", widget=CodeInput())
    phone = forms.CharField(label="Phone (optional)", required=False, max_length=20)
    email = forms.EmailField(label="E-mail address")
    comments = forms.CharField(label="Comments", widget=forms.Textarea, max_length=100)
    role = forms.ChoiceField(label="Role", choices=[("a", "A")])


GOOD = {"code": "A1B2C3", "email": "a@b.example", "comments": "Two\r\nlines\twith a tab", "role": "a"}


def errors_of(**changes: str) -> dict[str, list[str]]:
    form = Sample({**GOOD, **changes})
    form.is_valid()
    return {name: [str(error) for error in errors] for name, errors in form.errors.items()}


def test_it_takes_what_people_type() -> None:
    form = Sample(GOOD)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["comments"] == "Two\nlines\twith a tab"


@pytest.mark.parametrize("field", ["code", "phone", "email", "comments", "role"])
@pytest.mark.parametrize("hostile", ["A\x00B", "A\x1bB", "A\x7fB", "A\x85B", "A\ufffdB", f"A{chr(0xDC80)}B"])
def test_it_refuses_control_and_unreadable_characters_in_every_text(field: str, hostile: str) -> None:
    found = errors_of(**{field: hostile})
    assert list(found) == [field]
    assert len(found[field]) == 1
    assert "Type it again" in found[field][0]


@pytest.mark.parametrize("hostile", ["a\r\nBcc: x@y.example", "a\nb", "a\u2028b", "a\u202eb", "a\u2066b"])
def test_it_refuses_line_breaks_and_reversals_in_a_single_line(hostile: str) -> None:
    assert list(errors_of(phone=hostile)) == ["phone"]


def test_it_lets_letters_of_right_to_left_scripts_and_their_marks_into_a_long_text() -> None:
    assert errors_of(comments="שלום \u200fעולם") == {}


def test_it_gives_the_limit_and_the_length_of_a_text_that_is_too_long() -> None:
    found = errors_of(phone="1" * 25, comments="é" * 101, code="A" * 100_000)
    assert found["phone"] == ["Phone must be 20 characters or fewer. You entered 25."]
    assert found["comments"] == ["Comments must be 100 characters or fewer. You entered 101."]
    assert found["code"] == ["COFOR must be 200 characters or fewer. You entered 100000."]


def test_it_never_says_valid_invalid_or_please() -> None:
    found = errors_of(code="", email="nobody", comments="", role="z")
    words = " ".join(text for texts in found.values() for text in texts).lower()
    assert set(found) == {"code", "email", "comments", "role"}
    for banned in ("valid", "please", "sorry", "field"):
        assert banned not in words


def test_a_message_of_the_form_itself_wins() -> None:
    class Own(PortalForm):
        code = forms.CharField(label="COFOR", error_messages={"required": "Enter your COFOR"})

    assert Own({}).errors["code"] == ["Enter your COFOR"]


def test_it_cuts_nothing_off_silently() -> None:
    assert "maxlength" not in str(Sample()["phone"])


def test_a_password_field_must_be_recognisable_by_its_name() -> None:
    class Wrong(PortalForm):
        entry = forms.CharField(widget=forms.PasswordInput)

    with pytest.raises(ImproperlyConfigured, match="password"):
        Wrong()


def test_bytes_that_are_no_text_are_refused_and_the_page_still_renders() -> None:
    data = QueryDict(b"code=%ff%fe&email=a@b.example&comments=x&role=%ed%a0%80")
    form = Sample(data)
    assert set(form.errors) == {"code", "role"}
    form.as_div().encode("utf-8")


def test_bind_gives_an_unbound_form_at_first_and_a_bound_one_when_sent() -> None:
    factory = RequestFactory()
    assert not bind(factory.get("/"), Sample).is_bound
    assert bind(factory.post("/", GOOD), Sample).is_bound


def test_bind_keeps_what_was_typed_when_only_the_language_changes() -> None:
    class WithSecret(Sample):
        password = forms.CharField(widget=forms.PasswordInput)
        copy = forms.BooleanField(required=False)

    typed = {"code": "A1", "password": "secret words here", "copy": "on", "_switch": "1"}
    form = bind(RequestFactory().post("/", typed), WithSecret)
    html = form.as_div()
    assert not form.is_bound
    assert 'value="A1"' in html
    assert "checked" in html
    assert "secret words" not in html
    assert "govuk-error-message" not in html


def test_bind_reads_a_form_sent_by_get() -> None:
    factory = RequestFactory()
    assert not bind(factory.get("/"), Sample, method="GET").is_bound
    assert bind(factory.get("/", {"code": "A1"}), Sample, method="GET").is_bound
    switched = bind(factory.get("/", {"code": "A1", "_switch": "1"}), Sample, method="GET")
    assert not switched.is_bound
    assert switched["code"].value() == "A1"
