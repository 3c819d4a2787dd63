"""The form renderer ties label, hint, error and control together (ux X10, X11, X13)."""

from __future__ import annotations

import re

from django import forms

from passerelle.web.forms import CodeInput, PortalForm


class Sample(PortalForm):
    code = forms.CharField(label="COFOR", help_text="6 letters or digits", widget=CodeInput(width=10))
    phone = forms.CharField(
        label="Phone (optional)", required=False, widget=forms.TextInput(attrs={"autocomplete": "tel"})
    )
    password = forms.CharField(label="Password", widget=forms.PasswordInput)
    role = forms.ChoiceField(
        label="Who?", help_text="One person", widget=forms.RadioSelect, choices=[("a", "A"), ("b", "B")]
    )
    topics = forms.MultipleChoiceField(label="What?", widget=forms.CheckboxSelectMultiple, choices=[("x", "X")])
    comments = forms.CharField(label="Comments", widget=forms.Textarea, max_length=500)
    accept = forms.BooleanField(label="I accept")


def control(html: str, identifier: str) -> str:
    found = re.search(rf"<(?:input|textarea|select|fieldset)[^>]*\bid=\"{identifier}\"[^>]*>", html)
    assert found, identifier
    return found.group(0)


def group(form: forms.Form, name: str) -> str:
    return form[name].as_field_group()


def test_a_fresh_field_says_its_hint_and_that_it_is_required() -> None:
    tag = control(group(Sample(), "code"), "id_code")
    assert 'aria-describedby="id_code_helptext"' in tag
    assert 'aria-required="true"' in tag
    assert "aria-invalid" not in tag
    assert "required>" not in tag
    assert " required " not in tag


def test_an_optional_field_is_not_announced_as_required() -> None:
    tag = control(group(Sample(), "phone"), "id_phone")
    assert "aria-required" not in tag
    assert 'autocomplete="tel"' in tag


def test_a_wrong_field_points_to_its_error_after_its_hint() -> None:
    html = group(Sample({"code": ""}), "code")
    tag = control(html, "id_code")
    assert 'aria-describedby="id_code_helptext id_code_error"' in tag
    assert 'aria-invalid="true"' in tag
    assert 'id="id_code_error"' in html
    assert "govuk-form-group--error" in html


def test_a_group_of_choices_is_a_fieldset_with_legend_hint_and_error() -> None:
    html = group(Sample({}), "role")
    tag = control(html, "id_role")
    assert 'role="radiogroup"' in tag
    assert 'aria-describedby="id_role_helptext id_role_error"' in tag
    assert 'aria-required="true"' in tag
    assert re.search(r"<legend[^>]*>Who\?</legend>", html)
    assert html.count('type="radio"') == 2
    assert '<label class="govuk-label govuk-radios__label" for="id_role_1">B</label>' in html


def test_a_group_of_boxes_is_a_fieldset_without_a_role_of_radios() -> None:
    html = group(Sample({}), "topics")
    assert "radiogroup" not in html
    assert 'aria-describedby="id_topics_error"' in control(html, "id_topics")


def test_a_single_box_has_its_label_after_it() -> None:
    html = group(Sample({}), "accept")
    assert html.index("<input") < html.index("<label")
    assert 'aria-invalid="true"' in control(html, "id_accept")


def test_a_password_can_be_shown_and_is_never_written_into_the_page() -> None:
    html = group(Sample({"password": "correct horse battery"}), "password")
    assert "correct horse" not in html
    assert "govuk-js-password-input-toggle" in html


def test_a_long_text_counts_its_characters() -> None:
    html = group(Sample(), "comments")
    assert 'data-maxlength="500"' in html
    assert "id_comments-info" in control(html, "id_comments")
    assert "You can enter up to 500 characters" in html


def test_what_was_typed_is_escaped() -> None:
    html = group(Sample({"code": '"><script>alert(1)</script>'}), "code")
    assert "<script" not in html


def test_no_inline_style_or_script_comes_out() -> None:
    html = Sample({}).as_div()
    assert "style=" not in html
    assert not re.search(r"\son[a-z]+=", html)
