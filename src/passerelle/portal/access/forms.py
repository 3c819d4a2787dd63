"""The forms of the road: a code, a request, an acceptance, an objection."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy as _

from passerelle import brand
from passerelle.opening.actions import PartyData
from passerelle.suppliers.rules import check_cofor, check_site, normalise_cofor, normalise_site
from passerelle.web.forms import CodeInput, EmailField, PortalForm


def cofor_label() -> Any:
    return lazystr(_Term("cofor"))


class _Term:
    """The brand's word, put into the language of the moment it is shown."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __str__(self) -> str:
        return brand.current().vocabulary.term(self.name)


def refuse_code(typed: str) -> str:
    """The code in its one form; raises with words that say the expected form."""
    verdict = check_cofor(typed)
    if verdict:
        return normalise_cofor(typed)
    codes = brand.current().codes
    if verdict.reason == "cofor_length":
        raise ValidationError(
            _("%(label)s must be %(length)d characters. You entered %(count)d"),
            code="cofor_length",
            params={
                "label": brand.current().vocabulary.term("cofor"),
                "length": codes.cofor_length,
                "count": len(normalise_cofor(typed)),
            },
        )
    raise ValidationError(
        _("%(label)s has letters A to Z and digits only, such as %(example)s"),
        code="cofor_characters",
        params={"label": brand.current().vocabulary.term("cofor"), "example": codes.cofor_example},
    )


class CoforField(forms.CharField):
    widget = CodeInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", cofor_label())
        kwargs.setdefault("max_length", 40)
        super().__init__(**kwargs)
        self.error_messages["required"] = _("Enter your COFOR")

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        return refuse_code(text) if text else ""


class AnalysisForm(PortalForm):
    """One field is mandatory: the COFOR (C1)."""

    alike = True
    cofor = CoforField(help_text=_("6 characters, on your purchase order"))
    site = forms.CharField(
        label=_("Site code (optional)"), required=False, max_length=20, widget=CodeInput(),
        help_text=_("Only if you act for one establishment"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = brand.current().codes
        self.fields["cofor"].help_text = _("%(length)d characters, on your purchase order") % {
            "length": codes.cofor_length
        }

    def clean_site(self) -> str:
        site = normalise_site(str(self.cleaned_data["site"]))
        if site and not check_site(site):
            raise ValidationError(_("Site code has letters A to Z, digits and hyphens only"), code="site")
        return site


class PersonFields(PortalForm):
    """A person of the request, as the contract labels it."""

    last_name = forms.CharField(
        label=_("Last name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )
    first_name = forms.CharField(
        label=_("First name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    email = EmailField(label=_("E-mail address"))
    phone = forms.CharField(
        label=_("Phone (optional)"), required=False, max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )  # fmt: skip
    function = forms.CharField(
        label=_("Function (optional)"), required=False, max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )  # fmt: skip

    def data_of(self) -> PartyData:
        clean = self.cleaned_data
        return PartyData(
            clean["first_name"], clean["last_name"], clean["email"], clean.get("phone", ""), clean.get("function", "")
        )


class OtherPerson(PersonFields):
    """Somebody who may be a person already named: then nothing is typed twice (WCAG 3.3.7)."""

    SAME: tuple[tuple[str, Any], ...] = (("", _("Somebody else")), ("requester", _("The requester")))

    same_as = forms.ChoiceField(label=_("Who is it?"), required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["same_as"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = list(self.SAME)
        self.order_fields(["same_as"])
        for name in ("last_name", "first_name", "email", "phone"):
            self.fields[name].widget.attrs["autocomplete"] = "off"
        if self.is_bound and self.data.get(self.add_prefix("same_as")) in dict(self.SAME[1:]):
            for name in ("last_name", "first_name", "email"):
                self.fields[name].required = False

    @property
    def same(self) -> str:
        return str(self.cleaned_data.get("same_as") or "")


class RepresentativeForm(OtherPerson):
    pass


class PlsaForm(OtherPerson):
    SAME = (
        ("", _("Somebody else")),
        ("requester", _("The requester")),
        ("representative", _("The legal representative")),
    )


class RequestForm:
    """The request: three people on one page, each a form of its own with its prefix."""

    def __init__(self, data: Any = None, initial: dict[str, Any] | None = None) -> None:
        given = initial or {}
        self.requester = PersonFields(data, prefix="requester", initial=given.get("requester"))
        self.representative = RepresentativeForm(data, prefix="representative", initial=given.get("representative"))
        self.plsa = PlsaForm(data, prefix="plsa", initial=given.get("plsa"))
        self.parts = (self.requester, self.representative, self.plsa)
        self.is_bound = data is not None

    def is_valid(self) -> bool:
        results = [part.is_valid() for part in self.parts]
        return all(results)

    @property
    def errors(self) -> bool:
        return any(part.errors for part in self.parts)

    @property
    def error_list(self) -> list[tuple[str, str]]:
        """The lines of the error summary: the words at the field, and the field. Whose field it is stands first."""
        lines = []
        names = {
            "requester": _("Requester"), "representative": _("Legal representative"), "plsa": _("PLSA"),
        }  # fmt: skip
        for part in self.parts:
            for name, errors in part.errors.items():
                target = part[name].id_for_label if name in part.fields else ""
                lines.append((f"{names[str(part.prefix)]} – {errors[0]}", target))
        return lines

    def people(self) -> tuple[PartyData, PartyData, PartyData]:
        requester = self.requester.data_of()
        representative = requester if self.representative.same else self.representative.data_of()
        plsa = {"requester": requester, "representative": representative}.get(self.plsa.same)
        return requester, representative, plsa or self.plsa.data_of()


class AcceptanceForm(PortalForm):
    """Who acts proves it with the COFOR, accepts, and confirms or names the PLSA (C7)."""

    plsa = forms.ChoiceField(
        label=_("Is this the person who will manage your company's logins?"), required=False,
        choices=[("confirm", _("Yes, I confirm this person")), ("correct", _("No, it is somebody else"))],
        widget=forms.RadioSelect, initial="confirm",
    )  # fmt: skip
    cofor = CoforField(help_text=_("To prove that you act for the company. The code is not in our e-mail."))
    accept = forms.BooleanField(label=_("I accept the General Terms of Use on behalf of the company"))
    text = forms.IntegerField(widget=forms.HiddenInput, required=False)


class DesignationForm(PersonFields):
    cofor = CoforField(help_text=_("To prove that you act for the company. The code is not in our e-mail."))


class NoteForm(PortalForm):
    note = forms.CharField(
        label=_("What should we know? (optional)"), required=False, max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
